package reeve.serve.proxy;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import reeve.model.ServiceId;

/// How many requests were answered, by service and class of status. Any thread; counting takes no lock and allocates nothing once
/// a service is known.
public final class AnswerCounts {
    private static final int MOST_SERVICES = 10_000;
    private static final int CLASSES = 5;

    private final ConcurrentHashMap<ServiceId, Row> services = new ConcurrentHashMap<>();
    private final Row others = new Row();

    AnswerCounts() {}

    /// The counts of one service.
    static final class Row {
        private final LongAdder[] classes = new LongAdder[CLASSES];

        Row() {
            for (int i = 0; i < CLASSES; i++) {
                classes[i] = new LongAdder();
            }
        }

        /// @param status of the answer; one that no server may send counts as 5xx
        void add(int status) {
            int hundreds = status / 100;
            classes[hundreds < 1 || hundreds > CLASSES ? CLASSES - 1 : hundreds - 1].increment();
        }
    }

    /// @param service null for what leads to no service of Reeve's: external backends, no route
    Row of(@Nullable ServiceId service) {
        if (service == null) {
            return others;
        }
        Row known = services.get(service);
        if (known == null && services.mappingCount() < MOST_SERVICES) {
            known = services.computeIfAbsent(service, _ -> new Row());
        }
        return known == null ? others : known;
    }

    /// Takes the counts, one after the other.
    @FunctionalInterface
    public interface Visitor {
        /// @param service     empty for what led to no service of Reeve's
        /// @param statusClass `2xx`
        void count(Optional<ServiceId> service, String statusClass, long requests);
    }

    /// Only classes of which there were any.
    public void visit(Visitor visitor) {
        services.forEach((service, row) -> visit(Optional.of(service), row, visitor));
        visit(Optional.empty(), others, visitor);
    }

    private static void visit(Optional<ServiceId> service, Row row, Visitor visitor) {
        for (int i = 0; i < CLASSES; i++) {
            long requests = row.classes[i].sum();
            if (requests > 0) {
                visitor.count(service, (i + 1) + "xx", requests);
            }
        }
    }
}
