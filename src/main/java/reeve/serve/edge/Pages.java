package reeve.serve.edge;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The pages of one folder, or one file alone, in memory. Read when a table is built, and read again where they changed: whoever asks for
/// a page has that looked at, at most every two seconds, on another thread. Any thread; asking never waits.
public final class Pages {
    private static final Logger LOG = LoggerFactory.getLogger(Pages.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);
    private static final int MOST_FILES = 200;
    private static final long LARGEST = 1024 * 1024;

    private final Path from;
    private final AtomicLong looked = new AtomicLong();
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile Map<String, Held> held = Map.of();

    private record Held(Object stamp, Page page) {}

    /// Reads what there is. What cannot be read is told in the log and left out.
    /// @param from a folder or a file
    public Pages(Path from) {
        this.from = from;
        read();
    }

    private synchronized void read() {
        var found = new HashMap<String, Held>();
        try {
            if (Files.isDirectory(from)) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
                    for (Path file : files) {
                        read(file, found);
                    }
                }
            } else {
                read(from, found);
            }
        } catch (IOException e) {
            LOG.warn("pages: cannot read: path={} reason={}", from, e.toString());
        }
        held = Map.copyOf(found);
    }

    private void read(Path file, Map<String, Held> found) throws IOException {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        String name = String.valueOf(file.getFileName());
        if (!attributes.isRegularFile() || name.startsWith(".")) {
            return;
        }
        if (attributes.size() > LARGEST || found.size() >= MOST_FILES) {
            LOG.warn("pages: left out: path={} reason=more than {} files, or larger than {} bytes", file, MOST_FILES, LARGEST);
            return;
        }
        Object stamp = attributes.lastModifiedTime().toString() + attributes.size() + attributes.fileKey();
        Held before = held.get(name);
        found.put(name, before != null && before.stamp.equals(stamp) ? before
                : new Held(stamp, new Page(Files.readAllBytes(file), MediaTypes.of(name))));
    }

    /// The page for a status: `404.html`, else `4xx.html`, else `error.html`.
    /// @param now nanoseconds, on the clock that all callers read
    public @Nullable Page of(int status, Media media, long now) {
        look(now);
        Map<String, Held> all = held;
        Held found = null;
        for (String name : new String[] {String.valueOf(status), status / 100 + "xx", "error"}) {
            found = found == null ? all.get(name + "." + media.extension()) : found;
        }
        return found == null ? null : found.page;
    }

    /// The only one there is, where it is a file.
    public @Nullable Page only(long now) {
        look(now);
        Held only = held.get(String.valueOf(from.getFileName()));
        return only == null ? null : only.page;
    }

    private void look(long now) {
        long last = looked.get();
        if (now - last >= BETWEEN_LOOKS.toNanos() && looking.compareAndSet(false, true)) {
            looked.set(now);
            Thread.ofVirtual().name("pages").start(() -> {
                try {
                    read();
                } finally {
                    looking.set(false);
                }
            });
        }
    }
}
