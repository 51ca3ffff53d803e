package reeve.model;

import java.time.Duration;

/// Checks shared by the specification records.
final class Specs {
    private Specs() {}

    static void positive(String what, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("cannot use " + what + " " + value + ": it must be longer than 0");
        }
    }

    static void notNegative(String what, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("cannot use " + what + " " + value + ": it must not be negative");
        }
    }
}
