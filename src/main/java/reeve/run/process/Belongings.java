package reeve.run.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import reeve.base.PrivateFiles;
import reeve.base.os.Machine;
import reeve.base.os.Users.User;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

/// The folder of what a run's program must reach, whoever it runs as, and nobody else may: its secrets, and the socket it notifies.
/// For root it is in `/run`, which is memory and open to walk through; else in the state folder, as the program runs as Reeve does.
/// @param path recorded in the intent before it is made, so that it is removed whatever crashes
record Belongings(Path path) {
    private static final Path RUN = Path.of("/run");

    static Belongings of(Path state, String run) {
        boolean root = Machine.user() == 0 && Files.isWritable(RUN);
        return new Belongings((root ? RUN.resolve("reeve-instances") : state.resolve("run")).resolve(run));
    }

    Path secrets() {
        return path.resolve("secrets");
    }

    Path socket() {
        return path.resolve("notify");
    }

    /// Makes the folder, and the files of its secrets: 0400, owned by the program's user.
    void make(Map<String, String> secrets, Optional<User> user) throws IOException {
        PrivateFiles.folder(path.getParent());
        Files.createDirectory(path, mode("rwx------"));
        if (!secrets.isEmpty()) {
            Files.createDirectory(secrets(), mode("rwx------"));
            for (var secret : secrets.entrySet()) {
                write(secrets().resolve(checked(secret.getKey())), secret.getValue(), user);
            }
            give(secrets(), user);
            Files.setPosixFilePermissions(secrets(), PosixFilePermissions.fromString("r-x------"));
        }
        if (user.isPresent()) { // to walk through, not to list
            Files.setPosixFilePermissions(path.getParent(), PosixFilePermissions.fromString("rwx--x--x"));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
        }
    }

    private static String checked(String name) throws IOException {
        if (name.isEmpty() || name.startsWith(".") || name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
            throw new IOException("cannot write a secret named '" + name + "': that is no name of a file");
        }
        return name;
    }

    private static void write(Path file, String content, Optional<User> user) throws IOException {
        Files.createFile(file, mode("rw-------"));
        Files.writeString(file, content, StandardCharsets.UTF_8, StandardOpenOption.WRITE);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        give(file, user);
    }

    private static void give(Path path, Optional<User> user) throws IOException {
        if (user.isPresent()) {
            Files.setAttribute(path, "unix:gid", user.get().group(), NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:uid", user.get().id(), NOFOLLOW_LINKS);
        }
    }

    private static FileAttribute<?> mode(String rights) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights));
    }

    /// Does nothing where it is gone. No link is followed.
    void remove() {
        try {
            if (Files.isDirectory(secrets(), NOFOLLOW_LINKS)) {
                Files.setPosixFilePermissions(secrets(), PosixFilePermissions.fromString("rwx------"));
                try (DirectoryStream<Path> files = Files.newDirectoryStream(secrets())) {
                    for (Path file : files) {
                        Files.delete(file);
                    }
                }
                Files.delete(secrets());
            }
            Files.deleteIfExists(socket());
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + path + ": " + e.getMessage(), e);
        }
    }
}
