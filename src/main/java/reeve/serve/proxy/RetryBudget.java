package reeve.serve.proxy;

import java.time.Duration;

/// How many requests of a service may go to another instance: so many of those of the last seconds, and a few more, so that retries
/// never multiply an outage. One loop's share of them.
final class RetryBudget {
    private static final int SECONDS = 10;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final int ONE_OF = 5;
    private static final int FEW = 3;

    private final long[] requests = new long[SECONDS];
    private final long[] retries = new long[SECONDS];
    private long second = Long.MIN_VALUE;

    /// A request that is no retry.
    void requested(long now) {
        requests[slot(now)]++;
    }

    /// Takes one retry.
    /// @return false where there is none left
    boolean take(long now) {
        int slot = slot(now);
        long all = 0;
        long used = 0;
        for (int i = 0; i < SECONDS; i++) {
            all += requests[i];
            used += retries[i];
        }
        if (used >= all / ONE_OF + FEW) {
            return false;
        }
        retries[slot]++;
        return true;
    }

    private int slot(long now) {
        long next = Math.floorDiv(now, SECOND);
        if (next != second) {
            for (long passed = Math.max(second + 1, next - SECONDS + 1); passed <= next; passed++) {
                requests[Math.floorMod(passed, SECONDS)] = 0;
                retries[Math.floorMod(passed, SECONDS)] = 0;
            }
            second = next;
        }
        return Math.floorMod(next, SECONDS);
    }
}
