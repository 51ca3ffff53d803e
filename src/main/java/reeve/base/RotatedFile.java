package reeve.base;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A file of mode 0600 that is appended to, and is put aside as `FILE.1`, `FILE.2` …, the newest first, when it is too long or too old.
/// Who moves or removes it (logrotate) finds a new one in its place within about a second, without a signal. Each array written stands
/// whole in one file. One thread; blocks for IO.
public final class RotatedFile extends OutputStream {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final Path file;
    private final Bounds bounds;
    private final Time time;
    private @Nullable OutputStream open;
    private @Nullable Object key;
    private long length;
    private Instant begun = Instant.EPOCH;
    private Elapsed looked;

    /// @param size  of one file in bytes; one that would grow longer is put aside
    /// @param files kept, the one written to among them
    /// @param age   after which one is put aside, whatever its size
    public record Bounds(long size, int files, Duration age) {}

    /// @throws IOException where it cannot be opened, or what stands there cannot be trusted
    public RotatedFile(Path file, Bounds bounds, Time time) throws IOException {
        this.file = file;
        this.bounds = bounds;
        this.time = time;
        this.looked = time.elapsed();
        open();
    }

    private void open() throws IOException {
        PrivateFiles.file(file);
        open = Files.newOutputStream(file, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);
        var attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        key = attributes.fileKey();
        length = attributes.size();
        begun = length == 0 ? time.wall() : attributes.creationTime().toInstant();
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        look();
        if (length > 0 && (length + count > bounds.size || !time.wall().isBefore(begun.plus(bounds.age)))) {
            putAside();
        }
        if (open == null) {
            open();
        }
        Objects.requireNonNull(open).write(bytes, from, count);
        length += count;
    }

    /// Whether it is still the file of its name, now and then.
    private void look() throws IOException {
        Elapsed now = time.elapsed();
        if (now.since(looked).compareTo(BETWEEN_LOOKS) < 0) {
            return;
        }
        looked = now;
        try {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (Objects.equals(attributes.fileKey(), key)) {
                length = attributes.size(); // somebody may have cut it
                return;
            }
        } catch (NoSuchFileException e) {
            // it was moved or removed: opened again below
        }
        close();
    }

    private void putAside() throws IOException {
        close();
        for (int number = bounds.files - 1; number > 1; number--) {
            move(older(number - 1), older(number));
        }
        if (bounds.files > 1) {
            move(file, older(1));
        } else {
            Files.deleteIfExists(file);
        }
    }

    private Path older(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            // there have not been so many yet
        }
    }

    @Override
    public void close() throws IOException {
        OutputStream ending = open;
        open = null;
        length = 0;
        if (ending != null) {
            ending.close();
        }
    }
}
