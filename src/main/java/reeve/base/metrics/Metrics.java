package reeve.base.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Counters;
import reeve.base.Gauges;
import reeve.base.Metric;

/// The metrics of one node. Any thread.
public final class Metrics implements Counters, Gauges {
    /// The type of [#text], version included, as Prometheus wants to be told.
    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    /// What is counted beyond the bound is counted under this value of each label.
    public static final String OTHERS = "others";

    private static final Logger LOG = LoggerFactory.getLogger(Metrics.class);
    private static final int MOST_SERIES = 10_000;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    private final List<Metric> known;
    private final Map<Metric, Counted> counted = new ConcurrentHashMap<>();
    private final int mostSeries;

    /// A counter, with the label values it has seen: apps come and go, but memory for their counts is bounded.
    private record Counted(Counter counter, Set<List<String>> series) {}

    /// @param known announced also while there are no numbers of them, so that who asks for one can tell 0 from a wrong name
    public Metrics(List<Metric> known) {
        this(known, MOST_SERIES);
    }

    /// @param mostSeries of one metric
    Metrics(List<Metric> known, int mostSeries) {
        this.known = List.copyOf(known);
        this.mostSeries = mostSeries;
    }

    @Override
    public void add(Metric metric, double amount, String... labels) {
        try {
            Counted to = counted.computeIfAbsent(metric, this::count);
            to.counter().labelValues(bounded(to.series(), labels)).inc(amount);
        } catch (RuntimeException e) { // wrong number of labels, or a name that is taken: what was to be counted goes on
            LOG.error("cannot count: metric={}", metric.name(), e);
        }
    }

    private String[] bounded(Set<List<String>> series, String... labels) {
        List<String> values = List.of(labels);
        if (series.contains(values)) {
            return labels;
        }
        if (series.size() < mostSeries) {
            series.add(values);
            return labels;
        }
        return Collections.nCopies(labels.length, OTHERS).toArray(String[]::new);
    }

    private Counted count(Metric metric) {
        Counter counter = Counter.builder().name(metric.name()).help(metric.help()).labelNames(names(metric)).withoutExemplars()
                .register(registry);
        return new Counted(counter, ConcurrentHashMap.newKeySet());
    }

    @Override
    public void show(Metric metric, Reading reading) {
        if (metric.counts()) {
            CounterWithCallback.builder().name(metric.name()).help(metric.help()).labelNames(names(metric))
                    .callback(to -> read(metric, reading, to::call)).register(registry);
        } else {
            GaugeWithCallback.builder().name(metric.name()).help(metric.help()).labelNames(names(metric))
                    .callback(to -> read(metric, reading, to::call)).register(registry);
        }
    }

    @Override
    public void showSpread(Metric metric, Spread spread) {
        registry.register(new Collector() {
            @Override
            public MetricSnapshot collect() {
                var snapshot = HistogramSnapshot.builder().name(metric.name()).help(metric.help());
                try {
                    spread.into((bounds, counts, sum, labels) -> snapshot.dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
                            .classicHistogramBuckets(ClassicHistogramBuckets.of(withInfinity(bounds), counts)).sum(sum)
                            .labels(Labels.of(names(metric), labels)).build()));
                } catch (RuntimeException e) { // one number that cannot be read hides no other
                    LOG.error("cannot read: metric={}", metric.name(), e);
                }
                return snapshot.build();
            }
        });
    }

    private static double[] withInfinity(double[] bounds) {
        double[] all = Arrays.copyOf(bounds, bounds.length + 1);
        all[bounds.length] = Double.POSITIVE_INFINITY;
        return all;
    }

    private static void read(Metric metric, Reading reading, Values values) {
        try {
            reading.into(values);
        } catch (RuntimeException e) { // one number that cannot be read hides no other
            LOG.error("cannot read: metric={}", metric.name(), e);
        }
    }

    private static String[] names(Metric metric) {
        return metric.labels().toArray(String[]::new);
    }

    /// All present numbers in the text format of Prometheus, 0.0.4.
    public String text() {
        var out = new ByteArrayOutputStream();
        try {
            writer.write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // an array in memory cannot fail
        }
        String numbers = out.toString(StandardCharsets.UTF_8);
        return numbers + known.stream().filter(metric -> !numbers.contains("# TYPE " + metric.name() + " ")).map(Metrics::heading)
                .collect(Collectors.joining());
    }

    private static String heading(Metric metric) {
        return "# HELP " + metric.name() + " " + metric.help() + "\n# TYPE " + metric.name() + " " + metric.kind().word() + "\n";
    }
}
