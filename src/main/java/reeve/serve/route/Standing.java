package reeve.serve.route;

import java.time.Duration;
import reeve.model.Balance;

/// What requests have shown of a backend: whether it is well, and until when it gets none. Immutable, each step a pure function.
/// Times are readings of [reeve.base.Time#nanos].
/// @param failures in a row
/// @param spells   how often in a row it was ejected; 0 again once it has been well for as long as it was out
/// @param until    end of the last spell, where there was one
record Standing(int failures, int spells, long until) {
    static final Standing WELL = new Standing(0, 0, 0);
    private static final long LONGEST = Duration.ofMinutes(5).toNanos();

    /// Whether it gets no requests now.
    boolean out(long now) {
        return spells > 0 && until - now > 0;
    }

    /// @param allowed whether one more may be out
    Standing failed(Balance.Ejection policy, boolean allowed, long now) {
        if (policy.after() == 0 || out(now)) {
            return this;
        }
        int next = Math.min(failures + 1, policy.after());
        if (next < policy.after() || !allowed) {
            return new Standing(next, spells, until);
        }
        // when it comes back, its first failure is one too many
        return new Standing(next - 1, spells + 1, now + length(policy, spells + 1));
    }

    Standing succeeded(Balance.Ejection policy, long now) {
        if (spells == 0 || now - until > length(policy, spells)) {
            return WELL;
        }
        return failures == 0 || out(now) ? this : new Standing(0, spells, until);
    }

    /// Doubles with each spell.
    static long length(Balance.Ejection policy, int spells) {
        long first = policy.time().toNanos();
        return Math.max(first, Math.min(LONGEST, first << Math.min(spells - 1, 10)));
    }
}
