package reeve.base;

import java.util.List;
import java.util.Locale;

/// What is counted or measured. Rooms declare theirs as constants.
/// @param name   as it is shown: it says its unit, ends in `_total` where it only grows, and no metric's name is the beginning of
///               another's
/// @param help   one sentence
/// @param labels names, in the order in which their values are given
public record Metric(String name, String help, List<String> labels, Kind kind) {

    /// What its numbers are.
    public enum Kind {
        /// Only grows.
        COUNTER,
        GAUGE,
        /// How often what sizes came.
        HISTOGRAM;

        /// As Prometheus says it.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Metric {
        labels = List.copyOf(labels);
    }

    public static Metric of(String name, String help, String... labels) {
        return new Metric(name, help, List.of(labels), name.endsWith("_total") ? Kind.COUNTER : Kind.GAUGE);
    }

    public static Metric histogram(String name, String help, String... labels) {
        return new Metric(name, help, List.of(labels), Kind.HISTOGRAM);
    }

    /// Whether it only grows.
    public boolean counts() {
        return kind == Kind.COUNTER;
    }
}
