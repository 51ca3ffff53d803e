package reeve.store.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import reeve.base.PrivateFiles;
import reeve.store.StoreException;
import reeve.store.StoreException.Kind;

/// This process's sole right to a store file: a lock on a file beside it, which holds the owner's process id. The kernel
/// lets go of the lock when the process ends, however it ends.
record Claim(Path file, FileChannel lockFile, boolean leftOpen) implements AutoCloseable {

    /// Makes the folder and the file where they are missing, and refuses what others may have planted there.
    static Claim take(Path file) {
        if (file.toString().contains("?")) {
            throw new StoreException(Kind.UNUSABLE, "cannot open the store " + file + ": its path must not contain '?'");
        }
        Path absolute = file.toAbsolutePath();
        try {
            PrivateFiles.folder(absolute.getParent());
            Path log = beside(absolute, "-wal");
            FileChannel lockFile = lock(absolute, beside(absolute, "-lock"));
            try {
                PrivateFiles.file(absolute);
                boolean leftOpen = isThere(log);
                isThere(beside(absolute, "-shm"));
                return new Claim(absolute, lockFile, leftOpen);
            } catch (IOException | RuntimeException e) {
                lockFile.close();
                throw e;
            }
        } catch (FileSystemException e) {
            throw new StoreException(Kind.UNUSABLE, "cannot open the store " + file + ": " + e.getFile() + ": "
                    + (e.getReason() == null ? e.getClass().getSimpleName() : e.getReason()), e);
        } catch (IOException e) {
            throw new StoreException(Kind.UNAVAILABLE, "cannot open the store " + file + ": " + e.getMessage(), e);
        }
    }

    private static Path beside(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    /// SQLite deletes its log at an orderly close: one that is there was left by a process that ended otherwise.
    private static boolean isThere(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        PrivateFiles.check(file);
        return true;
    }

    private static FileChannel lock(Path file, Path lockPath) throws IOException {
        PrivateFiles.file(lockPath);
        FileChannel channel = FileChannel.open(lockPath, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        try {
            if (tryLock(channel) == null) {
                throw new StoreException(Kind.TAKEN,
                        "cannot open the store " + file + ": process " + owner(channel) + " has it open");
            }
            channel.truncate(0);
            channel.write(StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n"), 0);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // this very process holds it
        }
    }

    private static String owner(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(20);
        channel.read(bytes, 0);
        String id = StandardCharsets.US_ASCII.decode(bytes.flip()).toString().strip();
        return id.isEmpty() ? "that is starting" : id;
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new StoreException(Kind.UNAVAILABLE, "cannot close the store " + file + ": " + e.getMessage(), e);
        }
    }
}
