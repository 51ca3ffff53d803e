package reeve.serve.proxy;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import reeve.serve.access.Refusal;

/// How many requests the rules of routes refused, by route and reason. Any thread; counting takes no lock and allocates nothing once a
/// route is known.
public final class RefusalCounts {
    private static final int MOST_ROUTES = 10_000;
    private static final String OTHERS = "others"; // routes beyond the bound, together

    private final ConcurrentHashMap<String, Map<Refusal.Reason, LongAdder>> routes = new ConcurrentHashMap<>();

    RefusalCounts() {}

    void add(String route, Refusal.Reason reason) {
        Map<Refusal.Reason, LongAdder> known = routes.get(route);
        if (known == null) {
            known = routes.computeIfAbsent(routes.mappingCount() < MOST_ROUTES ? route : OTHERS, _ -> row());
        }
        known.get(reason).increment();
    }

    private static Map<Refusal.Reason, LongAdder> row() {
        var row = new EnumMap<Refusal.Reason, LongAdder>(Refusal.Reason.class);
        for (Refusal.Reason reason : Refusal.Reason.values()) {
            row.put(reason, new LongAdder());
        }
        return row;
    }

    /// Takes the counts, one after the other.
    @FunctionalInterface
    public interface Visitor {
        void count(String route, Refusal.Reason reason, long requests);
    }

    /// Only reasons for which there were any.
    public void visit(Visitor visitor) {
        routes.forEach((route, row) -> row.forEach((reason, count) -> {
            long requests = count.sum();
            if (requests > 0) {
                visitor.count(route, reason, requests);
            }
        }));
    }
}
