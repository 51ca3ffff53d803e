package reeve.testing.violation.base;

import java.time.Instant;

/// Does in its room what only this room may.
public final class Clock {
    public Instant wall() {
        return Instant.now();
    }
}
