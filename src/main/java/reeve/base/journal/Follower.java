package reeve.base.journal;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.journal.Journal.Entry;

/// One who follows the journal: a bounded queue and the virtual thread that empties it into the listener.
final class Follower {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final int BEHIND = 1024;

    private final Consumer<Entry> listener;
    private final BlockingQueue<Optional<Entry>> queue = new ArrayBlockingQueue<>(BEHIND);
    /// Held while the listener is called; a listener that ends its own following holds it already.
    private final ReentrantLock call = new ReentrantLock();
    private volatile boolean closed;

    Follower(Consumer<Entry> listener) {
        this.listener = listener;
    }

    void start() {
        Thread.ofVirtual().name("journal-follower").start(this::run);
    }

    /// Never blocks. A follower that is too far behind misses the entry and sees the gap in the numbers.
    void offer(Entry entry) {
        queue.offer(Optional.of(entry));
    }

    private void run() {
        while (!closed) {
            try {
                queue.take().ifPresent(this::call);
            } catch (InterruptedException e) {
                return; // nobody interrupts this thread but a dying JVM
            }
        }
    }

    private void call(Entry entry) {
        call.lock();
        try {
            if (!closed) {
                listener.accept(entry);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("a follower of the journal failed", e);
        } finally {
            call.unlock();
        }
    }

    /// Once it returns the listener is not called again, unless the listener itself calls it.
    void close() {
        call.lock();
        closed = true;
        call.unlock();
        queue.offer(Optional.empty()); // wakes the thread; one whose queue is full does not sleep
    }
}
