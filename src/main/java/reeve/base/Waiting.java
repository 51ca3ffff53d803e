package reeve.base;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/// Blocks a thread until something is so, for those who are not told.
public final class Waiting {
    private Waiting() {}

    /// Looks at once, then again and again.
    /// @param every pause between two looks
    /// @return false when it was not so within the time, or the thread was interrupted
    public static boolean until(Time time, Duration every, Duration within, BooleanSupplier condition) {
        Elapsed deadline = time.elapsed().plus(within);
        while (!condition.getAsBoolean()) {
            if (time.elapsed().reached(deadline)) {
                return false;
            }
            var pause = new CountDownLatch(1);
            time.after(every, pause::countDown);
            try {
                pause.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
