package reeve.model;

import java.time.Duration;
import java.util.Optional;

/// How the proxy spreads the requests of a service over its instances.
/// @param sticky    name of the cookie that keeps a client with its instance; empty for none
/// @param slowStart how long an instance that comes, or comes back, gets less than its share; zero for never
/// @param retries   how often a request that failed goes to another instance
/// @param tls       how they are spoken to over TLS; empty: without
public record Balance(Choice choice, String sticky, Ejection ejection, Duration slowStart, Capacity capacity, int retries,
        Timeouts timeouts, Optional<BackendTls> tls) {
    public static final int MOST_RETRIES = 10;
    public static final Balance DEFAULT = new Balance(new Choice.LeastRequests(), "");

    public Balance(Choice choice, String sticky) {
        this(choice, sticky, Ejection.DEFAULT, Duration.ZERO, Capacity.UNLIMITED, 2, Timeouts.DEFAULT, Optional.empty());
    }

    public Balance {
        Specs.notNegative("slow_start", slowStart);
        if (retries < 0 || retries > MOST_RETRIES) {
            throw new IllegalArgumentException("cannot retry " + retries + " times: allowed are 0 to " + MOST_RETRIES);
        }
        if (!sticky.isEmpty() && !allowsToken(sticky)) {
            throw new IllegalArgumentException("cannot name a cookie '" + sticky + "': allowed are letters, digits and -_.!#$%&'*+^`|~");
        }
    }

    public Balance withTls(Optional<BackendTls> next) {
        return new Balance(choice, sticky, ejection, slowStart, capacity, retries, timeouts, next);
    }

    /// When an instance that fails gets no requests for a while.
    /// @param after  failures in a row; 0 for never
    /// @param errors whether answers of 500 and above are failures too, besides connections that fail
    /// @param time   for how long at first; each time it doubles
    public record Ejection(int after, boolean errors, Duration time) {
        public static final Ejection DEFAULT = new Ejection(5, false, Duration.ofSeconds(10));
        public static final int MOST_FAILURES = 1000;

        public Ejection {
            if (after < 0 || after > MOST_FAILURES || time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException("cannot eject after " + after + " failures for " + time);
            }
        }
    }

    /// How much an instance is given at a time.
    /// @param connections requests to one instance, each of which has a connection; 0 for any number
    /// @param queue       requests that wait while all instances have so many
    /// @param patience    how long one of them does
    public record Capacity(int connections, int queue, Duration patience) {
        public static final int MOST = 100_000;
        public static final Capacity UNLIMITED = new Capacity(0, 100, Duration.ofSeconds(5));

        public Capacity {
            if (connections < 0 || connections > MOST || queue < 0 || queue > MOST) {
                throw new IllegalArgumentException("cannot allow " + connections + " connections and " + queue + " that wait");
            }
            Specs.notNegative("queue_timeout", patience);
        }
    }

    /// Each empty for the node's own, which for the last two is none.
    /// @param connect   until the instance accepts
    /// @param firstByte until its answer begins
    /// @param idle      within an answer or a tunnel, without a byte
    /// @param total     from the request's head to the last byte of its answer, without the wait for a wake
    public record Timeouts(Optional<Duration> connect, Optional<Duration> firstByte, Optional<Duration> idle, Optional<Duration> total) {
        public static final Timeouts DEFAULT = new Timeouts(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public Balance with(Ejection next) {
        return new Balance(choice, sticky, next, slowStart, capacity, retries, timeouts, tls);
    }

    public Balance with(Capacity next) {
        return new Balance(choice, sticky, ejection, slowStart, next, retries, timeouts, tls);
    }

    public Balance with(Timeouts next) {
        return new Balance(choice, sticky, ejection, slowStart, capacity, retries, next, tls);
    }

    public Balance withSlowStart(Duration next) {
        return new Balance(choice, sticky, ejection, next, capacity, retries, timeouts, tls);
    }

    public Balance withRetries(int next) {
        return new Balance(choice, sticky, ejection, slowStart, capacity, next, timeouts, tls);
    }

    /// Which instance gets a request.
    public sealed interface Choice {
        /// Of two at random, the one with fewer requests.
        record LeastRequests() implements Choice {}

        /// One after the other.
        record RoundRobin() implements Choice {}

        /// The same one for the same key, for as long as it is there; when it goes, only its keys move.
        record Hash(Key key) implements Choice {}
    }

    /// What of a request decides. One that has none of it is spread as [Choice.LeastRequests].
    public sealed interface Key {
        /// The address that it comes from.
        record Client() implements Key {}

        record Header(String name) implements Key {
            public Header {
                demandToken(name);
            }
        }

        record Cookie(String name) implements Key {
            public Cookie {
                demandToken(name);
            }
        }
    }

    private static void demandToken(String name) {
        if (!allowsToken(name)) {
            throw new IllegalArgumentException("cannot name a header or cookie '" + name + "'");
        }
    }

    /// A name of a header or a cookie (RFC 9110 §5.6.2).
    public static boolean allowsToken(String name) {
        return name.length() <= 100 && name.matches("[a-zA-Z0-9!#$%&'*+.^_`|~-]+");
    }
}
