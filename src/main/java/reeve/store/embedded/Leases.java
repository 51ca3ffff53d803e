package reeve.store.embedded;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import reeve.base.Elapsed;
import reeve.base.Time;
import reeve.store.Store.Lease;

/// When each lease ends. Deadlines live in memory only: after a restart every lease has its full time again.
final class Leases implements AutoCloseable {
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Time time;
    private final Consumer<Lease> due;
    private final Map<Lease, Held> held = new HashMap<>();

    private boolean closed;

    private record Held(Duration timeToLive, Elapsed deadline, Runnable cancelTimer) {}

    /// @param due called on the timers' thread when a lease's time is over, and every second after that until it has [#ended]
    Leases(Time time, Consumer<Lease> due) {
        this.time = time;
        this.due = due;
    }

    synchronized int size() {
        return held.size();
    }

    synchronized void started(Lease lease, Duration timeToLive) {
        set(lease, timeToLive, time.elapsed().plus(timeToLive), timeToLive);
    }

    /// @return false when the lease has ended, or its time is over and it is about to
    synchronized boolean keepAlive(Lease lease) {
        Held now = held.get(lease);
        if (now == null || time.elapsed().reached(now.deadline)) {
            return false;
        }
        // its timer looks again when it fires
        held.put(lease, new Held(now.timeToLive, time.elapsed().plus(now.timeToLive), now.cancelTimer));
        return true;
    }

    synchronized void ended(Lease lease) {
        Held now = held.remove(lease);
        if (now != null) {
            now.cancelTimer.run();
        }
    }

    private void timerFired(Lease lease) {
        synchronized (this) {
            Held now = held.get(lease);
            if (now == null) {
                return;
            }
            Duration left = now.deadline.since(time.elapsed());
            set(lease, now.timeToLive, now.deadline, left.isPositive() ? left : RETRY);
            if (left.isPositive()) {
                return;
            }
        }
        due.accept(lease);
    }

    private void set(Lease lease, Duration timeToLive, Elapsed deadline, Duration wait) {
        if (closed) {
            return;
        }
        held.put(lease, new Held(timeToLive, deadline, time.after(wait, () -> timerFired(lease))));
    }

    /// Cancels all timers.
    @Override
    public synchronized void close() {
        closed = true;
        held.values().forEach(lease -> lease.cancelTimer.run());
        held.clear();
    }
}
