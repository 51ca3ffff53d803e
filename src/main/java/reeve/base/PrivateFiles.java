package reeve.base;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/// Folders of mode 0700 and files of mode 0600 that belong to Reeve alone. What somebody else could have planted in their
/// place (a symbolic link, a FIFO, a folder, a second hard link, another owner) is refused by name, never followed.
/// Any thread; the methods block for IO.
public final class PrivateFiles {
    private static final int WRITABLE_BY_OTHERS = 0022;
    private static final int OPEN_TO_OTHERS = 0077;

    private PrivateFiles() {}

    /// Makes the folder, and the missing ones above it, unless it is there; the new entry survives loss of power.
    /// @throws FileSystemException with the reason, where what stands there cannot be trusted
    public static void folder(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            sync(above(folder));
        }
        if (Files.isSymbolicLink(folder)) {
            throw refused(folder, "it is a symbolic link");
        }
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw refused(folder, "it is not a folder");
        }
        checkOwner(folder);
        if ((mode(folder) & WRITABLE_BY_OTHERS) != 0) {
            throw refused(folder, "others may write to it (chmod go-w " + folder + ")");
        }
    }

    /// Makes an empty file of mode 0600 unless it is there; the new entry survives loss of power. A file that is there
    /// keeps its content and loses what rights others had.
    /// @return whether it was made by this call
    /// @throws FileSystemException with the reason, where what stands there cannot be trusted
    public static boolean file(Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            sync(above(file));
            return true;
        } catch (FileAlreadyExistsException e) {
            check(file);
            if ((mode(file) & OPEN_TO_OTHERS) != 0) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            }
            return false;
        }
    }

    /// @throws FileSystemException with the reason, unless it is a plain file of this process's user with one name
    public static void check(Path file) throws IOException {
        if (Files.isSymbolicLink(file)) {
            throw refused(file, "it is a symbolic link");
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw refused(file, "it is not a plain file");
        }
        if ((int) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1) {
            throw refused(file, "it has a second hard link");
        }
        checkOwner(file);
    }

    /// Makes what was created, renamed or deleted in a folder survive loss of power.
    public static void sync(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Path above(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return parent == null ? path.toAbsolutePath() : parent;
    }

    private static void checkOwner(Path path) throws IOException {
        Object owner = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (!owner.equals(self)) {
            throw refused(path, "it belongs to user " + owner + ", and this process runs as user " + self);
        }
    }

    private static int mode(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    }

    private static FileSystemException refused(Path path, String reason) {
        return new FileSystemException(path.toString(), null, reason);
    }
}
