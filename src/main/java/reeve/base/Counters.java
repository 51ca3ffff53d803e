package reeve.base;

/// Counts what happens, for people who watch from outside. Rooms get this as a constructor argument. Any thread; returns at once
/// and never fails.
@FunctionalInterface
public interface Counters {

    /// For tests, and for programs that count nothing.
    Counters NONE = (metric, amount, labels) -> { };

    /// Adds one.
    /// @param labels one value for each of the metric's labels
    default void add(Metric metric, String... labels) {
        add(metric, 1, labels);
    }

    /// @param amount not negative
    void add(Metric metric, double amount, String... labels);
}
