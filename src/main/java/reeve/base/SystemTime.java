package reeve.base;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The machine's clocks, with one timer thread.
public final class SystemTime implements Time, AutoCloseable {
    private final ScheduledThreadPoolExecutor timers =
            (ScheduledThreadPoolExecutor) Executors.newScheduledThreadPool(1, Thread.ofPlatform().name("timers").daemon().factory());

    public SystemTime() {
        timers.setRemoveOnCancelPolicy(true);
        timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public Instant wall() {
        return Instant.now();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Runnable after(Duration delay, Runnable task) {
        if (timers.isShutdown()) {
            return () -> {};
        }
        var future = timers.schedule(task, Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public void close() {
        timers.shutdownNow();
    }
}
