package reeve.base;

/// Shows numbers that a room keeps anyway: they are read when somebody looks.
public interface Gauges {

    /// @param reading called by whoever looks, at any time and on any thread; waits for nothing
    void show(Metric metric, Reading reading);

    /// The same for a histogram.
    void showSpread(Metric metric, Spread spread);

    /// Tells how often numbers of which size came.
    @FunctionalInterface
    interface Spread {
        void into(Buckets buckets);
    }

    /// Takes counts.
    @FunctionalInterface
    interface Buckets {
        /// @param bounds  the greatest number of each bucket but the last, which takes all others
        /// @param counts  of each bucket alone
        /// @param sum     of all numbers
        void put(double[] bounds, long[] counts, double sum, String... labels);
    }

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
