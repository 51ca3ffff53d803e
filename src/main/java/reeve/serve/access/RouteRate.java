package reeve.serve.access;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The requests of a route, of all clients together. Any thread; no lock.
final class RouteRate {
    private final RateRule rule;
    private final AtomicLong due = new AtomicLong(); // of the next request, had none come early; nanoseconds
    private volatile boolean begun;

    RouteRate(RateRule rule) {
        this.rule = rule;
    }

    RateRule rule() {
        return rule;
    }

    /// @return null for a request that may go on; else how long until one may
    @Nullable Duration take(long now) {
        if (!begun) { // the clock may begin anywhere
            due.compareAndSet(0, now);
            begun = true;
        }
        while (true) {
            long before = due.get();
            long ahead = Math.max(0, before - now);
            if (!rule.allows(ahead)) {
                return rule.wait(ahead);
            }
            if (due.compareAndSet(before, now + ahead + rule.period())) {
                return null;
            }
        }
    }
}
