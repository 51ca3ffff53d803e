package reeve.base;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A bounded queue of events and the one virtual thread that handles them, in order.
/// Whatever the handler touches needs no lock, as long as nothing else touches it. A mailbox takes events before it is
/// started, so that two rooms that post to each other can both be built with final fields and started afterwards.
public final class Mailbox<E> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);

    private final String name;
    private final BlockingQueue<Letter<E>> queue;
    private volatile boolean closed;
    private volatile boolean busy;
    /// Written by the owner only.
    private volatile long handled;
    private long handledBefore;
    private @Nullable Thread owner;

    private sealed interface Letter<E> {
        record Event<E>(E event) implements Letter<E> {}

        record End<E>() implements Letter<E> {}
    }

    /// @param name of the owner thread
    public Mailbox(String name, int capacity) {
        this.name = name;
        this.queue = new ArrayBlockingQueue<>(capacity);
    }

    /// Starts handling, also of what was posted before.
    /// @param handler called on the owner thread; what it throws is logged and ends only the handling of that event
    public synchronized void start(Consumer<E> handler) {
        if (owner != null || closed) {
            throw new IllegalStateException("cannot start mailbox " + name + ": it was started or closed before");
        }
        owner = Thread.ofVirtual().name(name).start(() -> run(handler));
    }

    /// Queues an event; waits while the queue is full. Not for event loops: see [#offer].
    /// @return false when the mailbox is closed, or the caller was interrupted; the event is then not handled
    public boolean post(E event) {
        if (closed) {
            return false;
        }
        try {
            queue.put(new Letter.Event<>(event));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Queues an event without waiting.
    /// @return false when the queue is full or the mailbox closed; the event is then not handled
    public boolean offer(E event) {
        return !closed && queue.offer(new Letter.Event<>(event));
    }

    /// Handles the oldest event on the calling thread: how a simulation, which has one thread for everything, drives a room.
    /// Not for a mailbox that was started.
    /// @return false when there was none
    public boolean handleNext(Consumer<E> handler) {
        if (queue.poll() instanceof Letter.Event<E>(E event)) {
            handler.accept(event);
            return true;
        }
        return false;
    }

    /// Events that wait to be handled.
    public int size() {
        return queue.size();
    }

    /// Whether the owner gets on: it has nothing to do, or has handled something since this was asked last.
    public synchronized boolean answers() {
        long now = handled;
        boolean answers = now != handledBefore || !busy && queue.isEmpty();
        handledBefore = now;
        return answers;
    }

    public boolean isEmpty() {
        return queue.isEmpty();
    }

    private void run(Consumer<E> handler) {
        while (!closed) {
            try {
                if (queue.take() instanceof Letter.Event<E>(E event)) {
                    busy = true;
                    handler.accept(event);
                }
            } catch (InterruptedException e) {
                return; // nobody but a dying JVM interrupts the owner
            } catch (RuntimeException | Error e) {
                LOG.error("cannot handle an event: mailbox={}", name, e);
            } finally {
                busy = false;
                handled++;
            }
        }
    }

    /// Stops after the event being handled; events still queued are dropped. Waits for the owner to end.
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            closed = true;
            running = owner;
        }
        queue.offer(new Letter.End<>()); // a full queue needs no wake-up
        if (running == null || Thread.currentThread() == running) {
            return;
        }
        try {
            running.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
