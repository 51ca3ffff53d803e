package reeve.base;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for what the kernel, or another process, does by itself and tells nobody about: looks at once,
/// then ever less often, up to a bound.
/// For waits of microseconds to milliseconds; [Waiting] is for longer ones, on a clock that tests can move.
public final class Patience {
    public static final Duration LONG = Duration.ofSeconds(2);
    public static final Duration SHORT = Duration.ofSeconds(1);

    private static final Duration FIRST_PAUSE = Duration.ofNanos(20_000);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(5);

    private Patience() {}

    /// @return whether it came true within two seconds
    public static boolean until(BooleanSupplier condition) {
        return within(LONG, condition);
    }

    /// @return whether it came true within a second
    public static boolean shortly(BooleanSupplier condition) {
        return within(SHORT, condition);
    }

    /// @return whether it came true within the bound
    public static boolean within(Duration bound, BooleanSupplier condition) {
        long end = System.nanoTime() + bound.toNanos();
        long pause = FIRST_PAUSE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(pause * 2, LONGEST_PAUSE.toNanos());
        }
        return true;
    }
}
