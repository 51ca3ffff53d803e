package reeve.base;

import java.util.List;

/// What is counted or measured. Rooms declare theirs as constants.
/// @param name   as it is shown: it says its unit, ends in `_total` where it only grows, and no metric's name is the beginning of
///               another's
/// @param help   one sentence
/// @param labels names, in the order in which their values are given
public record Metric(String name, String help, List<String> labels) {

    public Metric {
        labels = List.copyOf(labels);
    }

    public static Metric of(String name, String help, String... labels) {
        return new Metric(name, help, List.of(labels));
    }

    /// Whether it only grows.
    public boolean counts() {
        return name.endsWith("_total");
    }
}
