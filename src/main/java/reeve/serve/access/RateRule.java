package reeve.serve.access;

import java.time.Duration;
import reeve.base.DurationText;
import reeve.model.Access;

/// How often something may happen, as arithmetic on one number: how far ahead of now the next one would be due had none come early.
/// Each one that is let through moves that by one period; one that finds it further ahead than the burst allows is not let through, and
/// moves nothing. This is nginx's `limit_req` with `burst` and `nodelay`, and a token bucket that holds burst + 1. Immutable.
/// @param period nanoseconds from one to the next
/// @param slack  nanoseconds that one may be early
record RateRule(Access.Rate rate, long period, long slack) {

    static RateRule of(Access.Rate rate) {
        long period = Math.max(1, rate.per().toNanos() / rate.requests());
        return new RateRule(rate, period, period * rate.burst());
    }

    /// What a difference of two times means: what is past is forgotten, and further ahead than one can get is none of ours.
    long ahead(long difference) {
        return difference < 0 || difference > slack + period ? 0 : difference;
    }

    boolean allows(long ahead) {
        return ahead <= slack;
    }

    /// Until the next one is let through.
    Duration until(long ahead) {
        return Duration.ofNanos(Math.max(0, ahead - slack));
    }

    /// `100 requests in 1 s`, for people.
    @Override
    public String toString() {
        return rate.requests() + " requests in " + DurationText.text(rate.per());
    }
}
