package reeve.run.supervise;

import java.util.Locale;
import reeve.model.StartLimits;

/// Starts and runs that failed in a row, by cause.
public record Failures(int crash, int unhealthy, int config) {
    public static final Failures NONE = new Failures(0, 0, 0);

    /// Why an instance does not run although it should.
    public enum Cause {
        /// It ended by itself.
        CRASH,
        /// Its probes failed, or its watchdog was not fed.
        UNHEALTHY,
        /// It could not be started.
        CONFIG;

        /// As it stands in a manifest.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public int total() {
        return crash + unhealthy + config;
    }

    int of(Cause cause) {
        return switch (cause) {
            case CRASH -> crash;
            case UNHEALTHY -> unhealthy;
            case CONFIG -> config;
        };
    }

    Failures plus(Cause cause) {
        return switch (cause) {
            case CRASH -> new Failures(crash + 1, unhealthy, config);
            case UNHEALTHY -> new Failures(crash, unhealthy + 1, config);
            case CONFIG -> new Failures(crash, unhealthy, config + 1);
        };
    }

    static int limit(StartLimits limits, Cause cause) {
        return switch (cause) {
            case CRASH -> limits.crash();
            case UNHEALTHY -> limits.unhealthy();
            case CONFIG -> limits.config();
        };
    }
}
