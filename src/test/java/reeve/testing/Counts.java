package reeve.testing;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import reeve.base.Counters;
import reeve.base.Metric;

/// Counters that can be asked.
public final class Counts implements Counters {
    private final Map<String, Double> counts = new ConcurrentHashMap<>();

    @Override
    public void add(Metric metric, double amount, String... labels) {
        if (labels.length != metric.labels().size()) {
            throw new IllegalArgumentException("cannot count " + metric.name() + ": it has the labels " + metric.labels());
        }
        counts.merge(key(metric, labels), amount, Double::sum);
    }

    public double of(Metric metric, String... labels) {
        return counts.getOrDefault(key(metric, labels), 0.0);
    }

    private static String key(Metric metric, String... labels) {
        return metric.name() + " " + String.join(",", labels);
    }
}
