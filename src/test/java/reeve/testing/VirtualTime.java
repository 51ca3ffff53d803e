package reeve.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import reeve.base.Time;

/// Time that stands still until a test moves it. Timers run on the thread that moves it, in order of their deadlines.
public final class VirtualTime implements Time {
    private static final Instant START = Instant.parse("2026-01-05T08:00:00Z");

    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.<Timer>comparingLong(timer -> timer.at).thenComparingLong(timer -> timer.order));
    private long nanos = 1_000_000_000L;
    private long orders;

    private static final class Timer {
        final long at;
        final long order;
        final Runnable task;
        boolean cancelled;

        Timer(long at, long order, Runnable task) {
            this.at = at;
            this.order = order;
            this.task = task;
        }
    }

    @Override
    public synchronized Instant wall() {
        return START.plusNanos(nanos);
    }

    @Override
    public synchronized long nanos() {
        return nanos;
    }

    @Override
    public synchronized Runnable after(Duration delay, Runnable task) {
        var timer = new Timer(nanos + Math.max(0, delay.toNanos()), orders++, task);
        timers.add(timer);
        return () -> {
            synchronized (this) {
                timer.cancelled = true;
            }
        };
    }

    /// Moves time forward, running each timer that falls due at its own moment.
    public void advance(Duration by) {
        long end = nanos() + by.toNanos();
        for (Runnable task = due(end); task != null; task = due(end)) {
            task.run();
        }
        synchronized (this) {
            nanos = end;
        }
    }

    /// Moves time to the next timer and runs it.
    /// @return false where no timer is set
    public boolean advanceToNext() {
        Runnable task = due(Long.MAX_VALUE);
        if (task == null) {
            return false;
        }
        task.run();
        return true;
    }

    private synchronized @Nullable Runnable due(long end) {
        while (!timers.isEmpty() && timers.peek().cancelled) {
            timers.poll();
        }
        Timer next = timers.peek();
        if (next == null || next.at > end) {
            return null;
        }
        timers.poll();
        nanos = Math.max(nanos, next.at);
        return next.task;
    }
}
