package reeve.serve.proxy;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// Where passwords are hashed: beside the event loops, on half of the processors at most, so that who guesses passwords takes time from
/// others who log in, and from nobody else. Any thread.
final class PasswordChecks {
    private static final int MOST_WAITING = 256;

    private final Semaphore running = new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    private final AtomicInteger waiting = new AtomicInteger();

    /// @param check runs on a thread of its own
    /// @return false where too many wait already
    boolean begin(Runnable check) {
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            return false;
        }
        Thread.ofVirtual().name("password check").start(() -> {
            running.acquireUninterruptibly();
            try {
                check.run();
            } finally {
                running.release();
                waiting.decrementAndGet();
            }
        });
        return true;
    }
}
