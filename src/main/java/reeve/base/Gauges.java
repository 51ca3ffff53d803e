package reeve.base;

/// Shows numbers that a room keeps anyway: they are read when somebody looks.
public interface Gauges {

    /// @param reading called by whoever looks, at any time and on any thread; waits for nothing
    void show(Metric metric, Reading reading);

    /// Tells the present numbers of one metric.
    @FunctionalInterface
    interface Reading {
        void into(Values values);
    }

    /// Takes numbers, each with one value for each of the metric's labels.
    @FunctionalInterface
    interface Values {
        void put(double number, String... labels);
    }
}
