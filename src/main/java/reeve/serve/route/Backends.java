package reeve.serve.route;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import reeve.model.InstanceId;

/// The backends known to one [RouteSources], so that a republished route finds those it had. Guarded by its owner.
final class Backends {
    private final Map<Backend.Key, Backend> known = new HashMap<>();

    Backend get(Backend.Key key) {
        return known.computeIfAbsent(key, Backend::new);
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
