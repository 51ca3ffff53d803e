package reeve.model;

import java.util.function.Predicate;
import java.util.regex.Pattern;

/// The patterns that names obey, in one place, so that names can stand in paths, keys and log lines without quoting.
final class Names {
    static final Pattern LOWER = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
    static final Pattern MIXED = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}");

    private Names() {}

    static void require(String what, String value, Predicate<String> rule, String allowed) {
        if (!rule.test(value)) {
            throw new IllegalArgumentException("cannot use '" + value + "' as " + what + ": allowed are " + allowed);
        }
    }
}
