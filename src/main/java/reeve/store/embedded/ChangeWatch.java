package reeve.store.embedded;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Time;
import reeve.store.Limits;
import reeve.store.Store;
import reeve.store.StoreException;

/// One watch: a virtual thread that reads the change log at its listener's pace.
final class ChangeWatch implements Store.Watch {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeWatch.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final byte[] prefix;
    private final Reader reader;
    private final Progress progress;
    private final Time time;
    private final Consumer<List<Store.Change>> listener;
    private final Consumer<ChangeWatch> ended;
    /// Held while the listener is called; a listener that closes its own watch holds it already.
    private final ReentrantLock call = new ReentrantLock();
    private volatile boolean closed;

    /// @param ended called once, when the watch will call its listener no more
    ChangeWatch(String prefix, Reader reader, Progress progress, Time time, Consumer<List<Store.Change>> listener,
                Consumer<ChangeWatch> ended) {
        this.prefix = Limits.prefix(prefix);
        this.reader = reader;
        this.progress = progress;
        this.time = time;
        this.listener = listener;
        this.ended = ended;
    }

    void start(long fromRevision) {
        Thread.ofVirtual().name("store-watch").start(() -> run(fromRevision));
    }

    private void run(long fromRevision) {
        long next = fromRevision;
        try {
            while (!closed) {
                progress.await(next, () -> closed);
                next = closed ? next : deliver(next);
            }
        } catch (InterruptedException e) {
            LOG.warn("watch ended: interrupted"); // nobody interrupts this thread but a dying JVM
        }
        ended.accept(this);
    }

    /// @return the revision to go on from
    private long deliver(long from) throws InterruptedException {
        try {
            switch (reader.changes(prefix, from)) {
                case Reader.Page.Changes(var revisions, long next) -> {
                    revisions.forEach(this::call);
                    return next;
                }
                case Reader.Page.Forgotten(var compacted) -> {
                    call(List.of(compacted));
                    closed = true;
                    return from;
                }
            }
        } catch (StoreException e) {
            if (!closed) {
                LOG.error("cannot read changes, trying again: from={}", from, e);
                pause();
            }
            return from;
        }
    }

    private void call(List<Store.Change> changes) {
        call.lock();
        try {
            if (!closed) {
                listener.accept(List.copyOf(changes));
            }
        } catch (RuntimeException | Error e) {
            LOG.error("a watch's listener failed", e);
        } finally {
            call.unlock();
        }
    }

    private void pause() throws InterruptedException {
        var over = new AtomicBoolean();
        time.after(RETRY, () -> {
            over.set(true);
            progress.wake();
        });
        progress.await(Long.MAX_VALUE, () -> over.get() || closed);
    }

    @Override
    public void close() {
        call.lock();
        closed = true;
        call.unlock();
        progress.wake();
    }
}
