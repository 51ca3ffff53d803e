package reeve.base;

import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/// Where randomness comes from: the machine's, or a seeded generator in tests.
@FunctionalInterface
public interface Jitter {
    /// @return 0 inclusive to 1 exclusive
    double next();

    static Jitter system() {
        return () -> ThreadLocalRandom.current().nextDouble();
    }

    static Jitter of(RandomGenerator random) {
        return random::nextDouble;
    }
}
