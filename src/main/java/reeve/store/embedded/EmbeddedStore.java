package reeve.store.embedded;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Closer;
import reeve.base.Time;
import reeve.store.Limits;
import reeve.store.Store;
import reeve.store.StoreException;
import reeve.store.StoreException.Kind;

/// The store of one node, in one file. An acknowledged write survives kill -9 and loss of power; how, and what is kept for
/// watches, says docs/decisions/0030. Leases begin anew, with their full time, when the file is opened.
///
/// When the disk fails a write, nothing of it is kept, the caller gets a [StoreException] and [#health] says so; reads go on,
/// and the first write that succeeds ends it, without a restart.
public final class EmbeddedStore implements Store {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedStore.class);
    private static final int WATCHES = 1024;

    private final Time time;
    private final Reader reader;
    private final Writer writer;
    private final Leases leases;
    private final Progress progress;
    private final Closer closer;
    private final Set<ChangeWatch> watches = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private EmbeddedStore(Claim claim, Time time, ChangeLog.Kept kept, Closer closer) throws SQLException {
        this.time = time;
        this.closer = closer;
        var tables = new Tables(closer.register(Schema.openWriter(claim)), kept);
        this.reader = closer.register(new Reader(Schema.openReader(claim)));
        this.progress = new Progress(reader.revision());
        var granted = tables.leases();
        this.writer = closer.register(new Writer(tables, time, progress::reached));
        this.leases = closer.register(new Leases(time, this::end));
        granted.forEach(leases::started);
    }

    /// Opens the file, and makes it and its folder where they are missing. Blocks for IO.
    /// @throws StoreException `UNUSABLE` when something else stands in its place or a newer Reeve wrote it, `CORRUPT` when it is damaged,
    ///                        `UNAVAILABLE` when another process has it open
    public static EmbeddedStore open(Path file, Time time) {
        return open(file, time, ChangeLog.Kept.DEFAULT);
    }

    static EmbeddedStore open(Path file, Time time, ChangeLog.Kept kept) {
        var closer = new Closer();
        try {
            Claim claim = closer.register(Claim.take(file));
            return new EmbeddedStore(claim, time, kept, closer);
        } catch (SQLException e) {
            closer.close();
            throw Faults.opening(file, e);
        } catch (RuntimeException e) {
            closer.close();
            throw e;
        }
    }

    /// Whether writes succeed at present. Any thread, never blocks.
    public Health health() {
        return writer.health();
    }

    /// For tests: lets the file grow to so many pages and no further, as a full disk does.
    void limitPages(int pages) {
        writer.write(tables -> tables.limitPages(pages), _ -> {});
    }

    @Override
    public Optional<Entry> get(String key) {
        return reader.get(Limits.key(key));
    }

    @Override
    public Listing list(String prefix) {
        return reader.list(Limits.prefix(prefix));
    }

    @Override
    public Outcome txn(List<Compare> compares, List<Write> writes) {
        Limits.check(compares, writes);
        return writer.write(tables -> tables.txn(compares, writes), _ -> {});
    }

    @Override
    public Watch watch(String prefix, long fromRevision, Consumer<List<Change>> listener) {
        Limits.checkFrom(fromRevision);
        if (watches.size() >= WATCHES) {
            throw new StoreException(Kind.UNAVAILABLE, "cannot watch " + prefix + ": there are " + WATCHES + " watches already");
        }
        var watch = new ChangeWatch(prefix, reader, progress, time, listener, watches::remove);
        watches.add(watch);
        checkOpen(); // after it was added: either close() finds it, or it is never started
        watch.start(fromRevision);
        return watch;
    }

    @Override
    public Lease grant(Duration asked) {
        Duration timeToLive = Limits.timeToLive(asked);
        if (leases.size() >= Limits.LEASES) {
            throw new StoreException(Kind.UNAVAILABLE, "cannot grant a lease: there are " + Limits.LEASES + " already");
        }
        return writer.write(tables -> tables.grant(timeToLive), lease -> leases.started(lease, timeToLive));
    }

    @Override
    public void keepAlive(Lease lease) {
        checkOpen();
        if (!leases.keepAlive(lease)) {
            throw new StoreException(Kind.NOT_FOUND, "cannot keep lease " + lease.id() + " alive: it has ended");
        }
    }

    @Override
    public void revoke(Lease lease) {
        writer.write(tables -> tables.end(lease), leases::ended);
    }

    /// Its time is over. If the disk refuses the write the lease's timer comes again.
    private void end(Lease lease) {
        writer.enqueue(tables -> tables.end(lease), leases::ended).exceptionally(failure -> {
            LOG.warn("cannot end a lease, trying again: lease={} reason={}", lease.id(), failure.getMessage());
            return lease;
        });
    }

    private void checkOpen() {
        if (closed) {
            throw new StoreException(Kind.UNAVAILABLE, "cannot use the store: it is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        watches.forEach(ChangeWatch::close);
        closer.close();
    }
}
