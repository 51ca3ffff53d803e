package reeve.base.os;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Finds out which program listens on a TCP port of this machine, from /proc (proc(5)): the socket's inode stands in
/// `/proc/net/tcp`, and as `socket:[inode]` among the holder's open files. Of programs of other users only root sees these.
public final class PortHolder {
    private static final String LISTEN = "0A";

    private final Path proc;

    public PortHolder() {
        this(Path.of("/proc"));
    }

    PortHolder(Path proc) {
        this.proc = proc;
    }

    /// @return such as `nginx (pid 4711)`; empty when nothing listens there or the holder cannot be seen
    public Optional<String> of(int port) {
        Set<String> sockets = new HashSet<>();
        for (String table : List.of("net/tcp", "net/tcp6")) {
            try {
                Files.readAllLines(proc.resolve(table)).stream().skip(1).forEach(line -> listening(line, port).ifPresent(sockets::add));
            } catch (IOException e) {
                continue; // no IPv6 on this machine, or no /proc: the other table, or nobody, is the answer
            }
        }
        return sockets.isEmpty() ? Optional.empty() : holder(sockets);
    }

    /// `  0: 0100007F:1F90 00000000:0000 0A … inode`: local address and port in hexadecimal, state, inode as tenth field.
    private static Optional<String> listening(String line, int port) {
        String[] fields = line.strip().split("\\s+");
        boolean matches = fields.length > 9
                && fields[3].equals(LISTEN)
                && fields[1].endsWith(String.format(Locale.ROOT, ":%04X", port));
        return matches ? Optional.of("socket:[" + fields[9] + "]") : Optional.empty();
    }

    private Optional<String> holder(Set<String> sockets) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process, sockets)) {
                    return Optional.of(Files.readString(process.resolve("comm")).strip() + " (pid " + process.getFileName() + ")");
                }
            }
        } catch (IOException e) {
            return Optional.empty(); // the holder went away while it was looked at
        }
        return Optional.empty();
    }

    private static boolean holds(Path process, Set<String> sockets) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (sockets.contains(Files.readSymbolicLink(file).toString())) {
                    return true;
                }
            }
        } catch (IOException e) {
            return false; // gone meanwhile, or another user's
        }
        return false;
    }
}
