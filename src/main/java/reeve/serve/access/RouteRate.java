package reeve.serve.access;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The requests of a route, of all clients together. Any thread; no lock.
final class RouteRate {
    private final RateRule rule;
    private final AtomicLong due = new AtomicLong(); // of the next request, had none come early; nanoseconds

    RouteRate(RateRule rule) {
        this.rule = rule;
    }

    RateRule rule() {
        return rule;
    }

    /// @return null for a request that may go on; else how long until one may
    @Nullable Duration take(long now) {
        while (true) {
            long before = due.get();
            long ahead = rule.ahead(before - now);
            if (!rule.allows(ahead)) {
                return rule.until(ahead);
            }
            if (due.compareAndSet(before, now + ahead + rule.period())) {
                return null;
            }
        }
    }
}
