package reeve.base;

import java.time.Duration;

/// A point on the monotonic clock, for deadlines. It has no relation to the calendar and none to another process.
/// @param nanos since an arbitrary origin
public record Elapsed(long nanos) implements Comparable<Elapsed> {

    public Elapsed plus(Duration duration) {
        return new Elapsed(nanos + duration.toNanos());
    }

    /// The time from an earlier point to this one; negative where the other is later.
    public Duration since(Elapsed earlier) {
        return Duration.ofNanos(nanos - earlier.nanos);
    }

    public boolean reached(Elapsed deadline) {
        return nanos - deadline.nanos >= 0;
    }

    @Override
    public int compareTo(Elapsed other) {
        return Long.compare(nanos - other.nanos, 0);
    }
}
