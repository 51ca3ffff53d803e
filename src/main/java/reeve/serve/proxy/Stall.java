package reeve.serve.proxy;

import java.time.Duration;

/// Whether who should take what waits for them takes any of it. One connection or stream, one loop.
final class Stall {
    private final Duration limit;
    private long undrained = -1;
    private long since;

    Stall(Duration limit) {
        this.limit = limit;
    }

    /// There is nothing that waits for too long.
    void none() {
        undrained = -1;
    }

    /// @param left a number that changes when some of it is taken
    /// @return whether nothing was taken for too long
    boolean lasts(long left, long now) {
        if (left != undrained) {
            undrained = left;
            since = now;
        }
        return now - since > limit.toNanos();
    }
}
