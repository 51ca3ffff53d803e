package reeve.base;

import java.time.Duration;
import java.time.Instant;

/// The two clocks and the timers that run on them. Any thread.
public interface Time {

    Instant wall();

    /// Nanoseconds on the monotonic clock; the cheapest reading, for the data plane.
    long nanos();

    default Elapsed elapsed() {
        return new Elapsed(nanos());
    }

    default Now now() {
        return new Now(wall(), elapsed());
    }

    /// Runs a task once after a delay. Tasks must be short: they share one thread, and usually post to a mailbox.
    /// @return cancels the task if it has not begun; calling it again does nothing
    Runnable after(Duration delay, Runnable task);
}
