package reeve.serve.route;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import reeve.model.InstanceId;

/// The backends known to one [RouteSources], so that a republished route finds those it had. Guarded by its owner.
final class Backends {
    private final Map<Backend.Key, Backend> known = new HashMap<>();
    private final AtomicInteger turn = new AtomicInteger();

    Backend get(Backend.Key key) {
        return known.computeIfAbsent(key, Backend::new);
    }

    /// Where round robin goes on, in the next table too. One for all services: each turn is still followed by the next.
    AtomicInteger turn() {
        return turn;
    }

    /// Requests that an instance is working on, wherever it listens.
    int inFlight(InstanceId instance) {
        return known.values().stream().filter(backend -> backend.instance().filter(instance::equals).isPresent())
                .mapToInt(Backend::inFlight).sum();
    }

    /// Forgets those that no route names any more, once their last request has ended.
    void keep(Set<Backend> used) {
        known.values().removeIf(backend -> !used.contains(backend) && backend.inFlight() == 0);
    }
}
