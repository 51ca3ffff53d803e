package reeve.base;

import java.time.Duration;
import java.util.Locale;

/// Durations as people read them.
public final class Durations {
    private Durations() {}

    /// `0.2s`, `15s`, `1m30s`, `2h`, `3d4h`: two units at most.
    public static String words(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 0) {
            return "-" + words(duration.negated());
        }
        if (millis < 10_000) {
            return millis % 1000 == 0 ? millis / 1000 + "s" : String.format(Locale.ROOT, millis < 100 ? "%.3fs" : "%.1fs", millis / 1000.0);
        }
        long seconds = millis / 1000;
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return pair(seconds / 60, "m", seconds % 60, "s");
        }
        return seconds < 86_400 ? pair(seconds / 3600, "h", seconds % 3600 / 60, "m")
                : pair(seconds / 86_400, "d", seconds % 86_400 / 3600, "h");
    }

    private static String pair(long large, String largeUnit, long small, String smallUnit) {
        return large + largeUnit + (small == 0 ? "" : small + smallUnit);
    }
}
