package reeve.model;

import java.time.Duration;

/// When a service may sleep, and how.
public sealed interface SleepSpec {
    Duration DEFAULT_WAKE_TIMEOUT = Duration.ofSeconds(30);

    /// Stays awake.
    record Never() implements SleepSpec {}

    /// Falls asleep by itself.
    /// @param after no request has been open for this long
    /// @param how   what happens to its instances
    /// @param wakeTimeout a request that waits longer for a wake is answered 504; the wake goes on
    record WhenIdle(Duration after, SleepKind how, Duration wakeTimeout) implements SleepSpec {
        public WhenIdle {
            Specs.positive("after", after);
            Specs.positive("wake_timeout", wakeTimeout);
        }
    }
}
