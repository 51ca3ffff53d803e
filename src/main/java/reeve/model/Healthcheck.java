package reeve.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How Reeve finds out whether an instance is healthy.
/// @param interval from the end of one probe to the start of the next, once the instance is up
/// @param timeout  one probe fails when it takes longer
/// @param retries  so many consecutive failures make an instance unhealthy
/// @param startPeriod failures within it do not count while the instance has not been healthy yet
public record Healthcheck(Probe probe, Duration interval, Duration timeout, int retries, Duration startPeriod) {
    public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
    public static final int DEFAULT_RETRIES = 3;
    public static final Duration DEFAULT_START_PERIOD = Duration.ofSeconds(30);

    /// One kind of check.
    public sealed interface Probe {}

    /// No check declared and no port known: an instance counts as healthy as soon as it runs.
    public record None() implements Probe {}

    /// GET on the instance's own port; 200 to 399 is healthy.
    /// @param tls how the answer is got over TLS; empty: without
    public record Http(String path, Optional<BackendTls> tls) implements Probe {
        public Http(String path) {
            this(path, Optional.empty());
        }
    }

    /// A TCP connection to the instance's own port is accepted.
    public record Tcp() implements Probe {}

    /// A program with the service's environment and working directory; exit code 0 is healthy.
    public record Exec(List<Template> command) implements Probe {
        public Exec {
            command = List.copyOf(command);
        }
    }

    public Healthcheck {
        Specs.positive("interval", interval);
        Specs.positive("timeout", timeout);
        Specs.notNegative("start_period", startPeriod);
        if (retries < 1) {
            throw new IllegalArgumentException("cannot use retries " + retries + ": allowed is 1 or more");
        }
    }

    public static Healthcheck of(Probe probe) {
        return new Healthcheck(probe, DEFAULT_INTERVAL, DEFAULT_TIMEOUT, DEFAULT_RETRIES, DEFAULT_START_PERIOD);
    }

    /// The same, over TLS where it asks for a page.
    /// @param tls empty: without
    public Healthcheck over(Optional<BackendTls> tls) {
        return probe instanceof Http(String path, _) ? new Healthcheck(new Http(path, tls), interval, timeout, retries, startPeriod) : this;
    }

    public boolean present() {
        return !(probe instanceof None);
    }
}
