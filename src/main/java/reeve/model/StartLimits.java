package reeve.model;

import java.time.Duration;

/// How often in a row an instance may fail before it is `failed`, by cause; `Integer.MAX_VALUE` for without end.
/// @param crash     ended by itself
/// @param unhealthy ended because its probes failed
/// @param config    could not be started: no such program, user, file
/// @param window    a run that stays up this long ends the row
public record StartLimits(int crash, int unhealthy, int config, Duration window) {
    public static final Duration DEFAULT_WINDOW = Duration.ofSeconds(10);
    public static final StartLimits NONE = new StartLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, DEFAULT_WINDOW);

    public StartLimits {
        Specs.positive("window", window);
        if (crash < 1 || unhealthy < 1 || config < 1) {
            throw new IllegalArgumentException("cannot allow fewer than 1 start");
        }
    }
}
