package reeve.serve.proxy;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import reeve.model.RouteHandling;
import reeve.model.RouteSpec;

/// Requests, their duration and the bytes of their answers, by route. Only so many routes have numbers of their own, the first that
/// requests came for; others count together. Any thread; counting takes no lock.
public final class RouteCounts {
    public static final String OTHERS = "others";
    /// Seconds; what takes longer than the last counts in a bucket of its own.
    private static final double[] BOUNDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    private static final int CLASSES = 5;

    private final int most;
    private final Map<RouteSpec, Row> bySpec = new ConcurrentHashMap<>();
    private final Map<String, Row> byName = new ConcurrentHashMap<>();
    private final AtomicInteger specs = new AtomicInteger();
    private final Row others = new Row();

    /// @param most routes with numbers of their own; 0 where nothing is counted by route
    RouteCounts(int most) {
        this.most = most;
    }

    boolean counts() {
        return most > 0;
    }

    /// The numbers of one route.
    static final class Row {
        private final LongAdder[] classes = adders(CLASSES);
        private final LongAdder[] durations = adders(BOUNDS.length + 1);
        private final LongAdder nanos = new LongAdder();
        private final LongAdder bytes = new LongAdder();

        private static LongAdder[] adders(int count) {
            var adders = new LongAdder[count];
            for (int i = 0; i < count; i++) {
                adders[i] = new LongAdder();
            }
            return adders;
        }

        void add(int status, long lastedNanos, long sentBytes) {
            int hundreds = status / 100;
            classes[hundreds < 1 || hundreds > CLASSES ? CLASSES - 1 : hundreds - 1].increment();
            double seconds = lastedNanos / 1e9;
            int bucket = 0;
            while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]) {
                bucket++;
            }
            durations[bucket].increment();
            nanos.add(lastedNanos);
            bytes.add(sentBytes);
        }
    }

    Row of(RouteSpec spec) {
        Row known = bySpec.get(spec);
        if (known != null) {
            return known;
        }
        String name = spec.with(RouteHandling.PLAIN).toString();
        Row row = byName.size() < most ? byName.computeIfAbsent(name, _ -> new Row()) : byName.getOrDefault(name, others);
        if (specs.incrementAndGet() > 4 * most) { // routes come and go
            bySpec.clear();
            specs.set(1);
        }
        bySpec.put(spec, row);
        return row;
    }

    /// Takes the numbers of one route after the other.
    public interface Visitor {
        /// @param statusClass `2xx`
        default void requests(String route, String statusClass, long number) {}

        default void bytes(String route, long number) {}

        /// @param bounds  of the buckets but for the last, in seconds
        /// @param seconds all together
        default void durations(String route, double[] bounds, long[] counts, double seconds) {}
    }

    public void visit(Visitor visitor) {
        byName.forEach((name, row) -> visit(name, row, visitor));
        if (others.bytes.sum() > 0 || others.nanos.sum() > 0) {
            visit(OTHERS, others, visitor);
        }
    }

    private static void visit(String name, Row row, Visitor visitor) {
        for (int i = 0; i < CLASSES; i++) {
            long requests = row.classes[i].sum();
            if (requests > 0) {
                visitor.requests(name, (i + 1) + "xx", requests);
            }
        }
        visitor.bytes(name, row.bytes.sum());
        long[] counts = new long[BOUNDS.length + 1];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = row.durations[i].sum();
        }
        visitor.durations(name, BOUNDS.clone(), counts, row.nanos.sum() / 1e9);
    }
}
