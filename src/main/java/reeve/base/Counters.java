package reeve.base;

import java.util.Arrays;
import java.util.List;

/// Counts what happened, for people who watch from outside. Rooms declare their [Metric]s as constants and get this as a
/// constructor argument. Any thread; returns at once and never fails.
public interface Counters {

    /// For tests, and for programs that count nothing.
    Counters NONE = (metric, labels) -> {};

    /// What is counted.
    /// @param name   as it is shown, `reeve_service_start_attempts_total`: it says its unit and ends in `_total`, and no metric's name is
    ///               the beginning of another's
    /// @param help   one sentence
    /// @param labels names, in the order in which their values are given
    record Metric(String name, String help, List<String> labels) {
        public Metric {
            labels = List.copyOf(labels);
        }

        public static Metric of(String name, String help, String... labels) {
            return new Metric(name, help, Arrays.asList(labels));
        }
    }

    /// Adds one.
    /// @param labels one value for each of the metric's labels
    void add(Metric metric, String... labels);
}
