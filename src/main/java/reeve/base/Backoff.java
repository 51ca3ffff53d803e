package reeve.base;

import java.time.Duration;

/// Delays that double from `first` to `most`, each lengthened by up to a tenth so that many do not fire together.
public record Backoff(Duration first, Duration most) {

    /// @param attempt 0 for the first delay
    /// @param jitter  0 inclusive to 1 exclusive, drawn by the caller
    public Duration delay(int attempt, double jitter) {
        long doubled = first.toNanos();
        for (int i = 0; i < attempt && doubled < most.toNanos(); i++) {
            doubled *= 2;
        }
        long base = Math.min(doubled, most.toNanos());
        return Duration.ofNanos(base + (long) (base * 0.1 * jitter));
    }
}
