package reeve.base.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// A unix socket that only its owner can use: its folder is made 0700 where it is missing, the socket is 0600.
///
/// A socket left behind by a dead server is replaced, one that somebody answers on is not. Nothing but a socket is ever
/// replaced, and no link is followed.
public sealed interface UnixListener {
    int FILE_TYPE = 0170000;
    int SOCKET = 0140000;
    int WRITABLE_BY_OTHERS = 022;
    int STICKY = 01000;

    /// @param channel bound and listening
    record Listening(ServerSocketChannel channel, Path socket) implements UnixListener {}

    /// Somebody answers there, or is just about to.
    record AlreadyServed(Path socket) implements UnixListener {}

    /// @throws IOException when the socket cannot be made there; its message says why
    static UnixListener listen(Path socket) throws IOException {
        Path path = socket.toAbsolutePath().normalize();
        Path folder = path.getParent();
        if (folder == null) {
            throw new FileSystemException(path.toString(), null, "a socket cannot be made there");
        }
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        refuseOpenFolder(folder);
        // Two servers that start at once: the lock lets one of them look, replace and bind; it ends with its process.
        var options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (var file = FileChannel.open(path.resolveSibling(path.getFileName() + ".lock"), options, mode); FileLock lock =
                file.tryLock()) {
            return lock == null || isServed(path) ? new AlreadyServed(path) : new Listening(replace(path), path);
        } catch (OverlappingFileLockException e) {
            return new AlreadyServed(path);
        }
    }

    private static void refuseOpenFolder(Path folder) throws IOException {
        int mode = (int) Files.getAttribute(folder, "unix:mode");
        if ((mode & WRITABLE_BY_OTHERS) != 0 && (mode & STICKY) == 0) {
            throw new FileSystemException(folder.toString(), null, "others may write to the folder of the socket; make it 0700");
        }
    }

    private static boolean isServed(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & FILE_TYPE) != SOCKET) {
            throw new FileSystemException(path.toString(), null, "something that is not a socket has its place");
        }
        try (var probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException | NoSuchFileException e) {
            return false; // nobody answers
        }
    }

    private static ServerSocketChannel replace(Path path) throws IOException {
        Files.deleteIfExists(path);
        var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            // Between these two lines the process's umask rules; who slips in is refused by the user the kernel names.
            channel.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }
}
