package reeve.serve.route;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Requests of one service that wait until one of its instances has room, first come, first served. Any thread.
public final class Overflow {
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();

    Overflow() {}

    /// @param waiter run once, on any thread, when there may be room; must be short
    /// @return false where so many wait already
    public boolean offer(Runnable waiter, int most) {
        if (size.getAndIncrement() >= most) {
            size.getAndDecrement();
            return false;
        }
        waiting.add(waiter);
        return true;
    }

    boolean isEmpty() {
        return size.get() == 0;
    }

    /// For who waits no longer.
    public void leave(Runnable waiter) {
        if (waiting.remove(waiter)) {
            size.getAndDecrement();
        }
    }

    /// Lets the next one try.
    public void next() {
        Runnable next = waiting.poll();
        if (next != null) {
            size.getAndDecrement();
            next.run();
        }
    }
}
