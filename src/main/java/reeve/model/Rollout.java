package reeve.model;

import java.time.Duration;

/// How a changed service takes the place of the old.
/// @param drain how long an instance that takes no new requests may finish those it has
public record Rollout(Order order, Duration drain) {
    public static final Duration DEFAULT_DRAIN = Duration.ofSeconds(30);
    public static final Rollout DEFAULT = new Rollout(Order.FITTING, DEFAULT_DRAIN);

    public enum Order {
        /// The new one first where two can run side by side: it has a route, a port that Reeve picks, no volume, and no other
        /// service names its address.
        FITTING,
        START_FIRST, STOP_FIRST
    }

    public Rollout {
        Specs.notNegative("drain_timeout", drain);
    }
}
