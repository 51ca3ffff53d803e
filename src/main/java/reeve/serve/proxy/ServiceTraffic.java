package reeve.serve.proxy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import reeve.base.Time;
import reeve.sleep.Traffic;

/// The gate of one service that may sleep. Whether it is held and how many are inside are one number, so that "nobody is
/// inside, and from now on nobody enters" is one step. Any thread.
final class ServiceTraffic {
    private static final long HELD = Long.MIN_VALUE;

    private final Time time;
    private final AtomicLong gate = new AtomicLong();
    private final AtomicLong opened = new AtomicLong();
    private final AtomicLong closed = new AtomicLong();
    private volatile long lastByte;

    ServiceTraffic(Time time) {
        this.time = time;
        this.lastByte = time.nanos();
    }

    /// @return false when the service is held: the request has to wait; otherwise [#leave] must follow
    boolean enter() {
        long now = gate.get();
        while (now >= 0) {
            if (gate.compareAndSet(now, now + 1)) {
                opened.getAndIncrement();
                return true;
            }
            now = gate.get();
        }
        return false;
    }

    void leave() {
        lastByte = time.nanos();
        closed.getAndIncrement();
        gate.getAndDecrement(); // last: whoever then finds the gate empty sees the time of the last byte
    }

    boolean hold() {
        return gate.compareAndSet(0, HELD) || gate.get() < 0;
    }

    void holdAlways() {
        gate.getAndUpdate(now -> now | HELD);
    }

    void release() {
        gate.getAndUpdate(now -> now & ~HELD);
    }

    boolean held() {
        return gate.get() < 0;
    }

    /// Reads `closed` before `opened`: of two counters that only grow, the difference is then never too small; and the time
    /// of the last byte after both.
    Traffic.Activity activity() {
        long ended = closed.get();
        long begun = opened.get();
        boolean open = begun != ended || (gate.get() & ~HELD) != 0;
        return new Traffic.Activity(begun, ended, open ? Duration.ZERO : Duration.ofNanos(Math.max(0, time.nanos() - lastByte)));
    }
}
