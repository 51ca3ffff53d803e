package reeve.base.journal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Elapsed;
import reeve.base.PrivateFiles;
import reeve.base.Time;
import reeve.model.Failure;

/// The journal in two files of JSON lines, `journal.jsonl` and, once that is full, the one before it, `journal.1.jsonl`; what is
/// older is gone. Its folder must be held by this process alone: whoever opens it has opened the node's store there before.
public final class FileJournal implements Journal {
    private static final Logger LOG = LoggerFactory.getLogger(FileJournal.class);
    private static final long FILE_BYTES = 8 * 1024 * 1024;
    private static final Duration SYNC_WITHIN = Duration.ofSeconds(1);
    private static final Duration COMPLAIN_EVERY = Duration.ofMinutes(1);
    private static final int FOLLOWERS = 64;

    private final Path newer;
    private final Path older;
    private final Time time;
    private final long fileBytes;
    private final Lines lines = new Lines();
    private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
    private @Nullable Writing writing;
    private long nextNumber;
    private long lost;
    private @Nullable Elapsed complained;
    private boolean syncDue;
    private boolean closed;

    /// The newer file while it is written to. The stream appends: unlike a channel it is not closed when the appending thread is
    /// interrupted. The channel syncs and cuts.
    private static final class Writing {
        final OutputStream out;
        final FileChannel file;
        long size;

        Writing(Path path) throws IOException {
            PrivateFiles.file(path);
            file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            out = Files.newOutputStream(path, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);
            size = file.size();
        }

        void close() throws IOException {
            file.force(true);
            file.close();
            out.close();
        }
    }

    private static final class Reading implements AutoCloseable {
        final @Nullable FileChannel newer;
        final long newerSize;
        @Nullable FileChannel older;

        Reading(@Nullable FileChannel newer, long newerSize) {
            this.newer = newer;
            this.newerSize = newerSize;
        }

        @Override
        public void close() throws IOException {
            if (newer != null) {
                newer.close();
            }
            if (older != null) {
                older.close();
            }
        }
    }

    private FileJournal(Path folder, Time time, long fileBytes) {
        this.newer = folder.resolve("journal.jsonl");
        this.older = folder.resolve("journal.1.jsonl");
        this.time = time;
        this.fileBytes = fileBytes;
    }

    /// Opens the journal in a folder, and makes both where they are missing. A last line that a crash left torn is cut off.
    /// @throws Failure `UNAVAILABLE` when the files cannot be used
    public static FileJournal open(Path folder, Time time) {
        return open(folder, time, FILE_BYTES);
    }

    static FileJournal open(Path folder, Time time, long fileBytes) {
        var journal = new FileJournal(folder, time, fileBytes);
        try {
            PrivateFiles.folder(folder);
            journal.writing = journal.openNewer();
            journal.nextNumber = journal.scan(_ -> true, 1).stream().mapToLong(Entry::number).max().orElse(0) + 1;
            return journal;
        } catch (IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot open the journal: " + e.getMessage(), e);
        }
    }

    private Writing openNewer() throws IOException {
        var opened = new Writing(newer);
        var backward = new BackwardLines(opened.file, opened.size);
        while (backward.remaining() > 0 && !backward.endsWithNewline()) {
            backward.next();
        }
        if (backward.remaining() < opened.size) {
            LOG.warn("journal cut: file={} bytes={}", newer, opened.size - backward.remaining());
            opened.size = backward.remaining();
            opened.file.truncate(opened.size);
        }
        return opened;
    }

    @Override
    public synchronized Entry append(String subject, String what, String why, Map<String, String> facts) {
        Entry entry = lines.clean(new Entry(nextNumber++, time.wall().truncatedTo(ChronoUnit.MILLIS), subject, what, why, facts));
        try {
            write(lines.format(entry));
            syncSoon();
        } catch (IOException | RuntimeException e) {
            lost++;
            complain(e);
        }
        followers.forEach(follower -> follower.offer(entry));
        return entry;
    }

    private void write(byte[] line) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        Writing to = writing == null ? openNewer() : writing;
        writing = to;
        if (to.size > 0 && to.size + line.length > fileBytes) {
            writing = null; // whatever fails from here on, the next append starts by opening the newer file
            to.close();
            Files.move(newer, older, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            to = openNewer();
            writing = to;
        }
        try {
            to.out.write(line);
            to.size += line.length;
        } catch (IOException e) {
            to.file.truncate(to.size); // half a line may stand there
            throw e;
        }
    }

    private void complain(Exception failure) {
        Elapsed now = time.elapsed();
        if (complained == null || now.reached(complained.plus(COMPLAIN_EVERY))) {
            complained = now;
            LOG.error("journal entries lost: so-far={}", lost, failure);
        }
    }

    private void syncSoon() {
        if (!syncDue) {
            syncDue = true;
            time.after(SYNC_WITHIN, () -> Thread.ofVirtual().name("journal-sync").start(this::sync));
        }
    }

    private void sync() {
        Writing now;
        synchronized (this) {
            syncDue = false;
            now = writing;
        }
        try {
            if (now != null) {
                now.file.force(false);
            }
        } catch (ClosedChannelException e) {
            LOG.debug("journal file was closed, and synced, meanwhile");
        } catch (IOException e) {
            synchronized (this) {
                complain(e);
            }
        }
    }

    /// Entries that were ever written on this node, also those that are gone again.
    public synchronized long written() {
        return nextNumber - 1 - lost;
    }

    /// Entries that could not be written since this journal was opened.
    public synchronized long lost() {
        return lost;
    }

    /// @throws Failure `UNAVAILABLE` when the files cannot be read
    @Override
    public List<Entry> read(Predicate<Entry> filter, int limit) {
        try {
            return scan(filter, limit);
        } catch (IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot read the journal: " + e.getMessage(), e);
        }
    }

    private List<Entry> scan(Predicate<Entry> filter, int limit) throws IOException {
        List<Entry> found = new ArrayList<>();
        try (Reading reading = openForReading()) {
            scan(reading.newer, reading.newerSize, filter, limit, found);
            scan(reading.older, Long.MAX_VALUE, filter, limit, found);
        }
        Collections.reverse(found);
        return found;
    }

    /// Both files as of one moment; a rotation after it changes only their names.
    private synchronized Reading openForReading() throws IOException {
        var reading = new Reading(channel(newer), writing == null ? Long.MAX_VALUE : writing.size);
        try {
            reading.older = channel(older);
            return reading;
        } catch (IOException e) {
            reading.close();
            throw e;
        }
    }

    private static @Nullable FileChannel channel(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        PrivateFiles.check(path);
        return FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    private void scan(@Nullable FileChannel file, long size, Predicate<Entry> filter, int limit, List<Entry> found) throws IOException {
        if (file == null) {
            return;
        }
        var backward = new BackwardLines(file, Math.min(size, file.size()));
        while (found.size() < limit) {
            byte[] line = backward.next();
            if (line == null) {
                return;
            }
            lines.parse(line).filter(filter).ifPresent(found::add);
        }
    }

    /// @throws Failure `BUSY` when 64 others follow already
    @Override
    public AutoCloseable follow(Consumer<Entry> listener) {
        var follower = new Follower(listener);
        synchronized (this) {
            if (followers.size() >= FOLLOWERS) {
                throw new Failure(Failure.Kind.BUSY, "cannot follow the journal: " + FOLLOWERS + " others do already");
            }
            followers.add(follower);
        }
        follower.start();
        return () -> {
            followers.remove(follower);
            follower.close();
        };
    }

    /// Syncs what was written. Entries appended after it are lost, and counted.
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            try {
                if (writing != null) {
                    writing.close();
                    writing = null;
                }
            } catch (IOException e) {
                LOG.error("cannot close the journal", e);
            }
        }
        followers.forEach(Follower::close);
    }
}
