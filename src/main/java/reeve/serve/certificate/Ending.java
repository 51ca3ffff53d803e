package reeve.serve.certificate;

import java.time.Duration;
import java.time.Instant;

/// How near a certificate's end is.
enum Ending {
    FAR, SOON, OVER;

    /// Long enough for a person to act.
    static final Duration SOON_IS = Duration.ofDays(14);

    static Ending of(Instant end, Instant now) {
        if (!now.isBefore(end)) {
            return OVER;
        }
        return now.isBefore(end.minus(SOON_IS)) ? FAR : SOON;
    }
}
