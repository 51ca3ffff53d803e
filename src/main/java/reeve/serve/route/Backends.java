package reeve.serve.route;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import reeve.model.InstanceId;
import reeve.model.ServiceId;

/// The backends known to one [RouteSources], so that a republished route finds those it had. Guarded by its owner.
final class Backends {
    private final Map<Backend.Key, Backend> known = new HashMap<>();
    private final Map<ServiceId, Overflow> overflows = new HashMap<>();
    private final Overflow none = new Overflow();
    private final AtomicInteger turn = new AtomicInteger();

    Backend get(Backend.Key key) {
        return known.computeIfAbsent(key, Backend::new);
    }

    /// The queue of what has no bound, and so never has to wait.
    Overflow overflow() {
        return none;
    }

    /// Where requests of a service wait for room.
    Overflow overflow(ServiceId service) {
        return overflows.computeIfAbsent(service, _ -> new Overflow());
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
        known.values().stream().filter(backend -> !used.contains(backend)).forEach(backend -> backend.ready(false));
        known.values().removeIf(backend -> !used.contains(backend) && backend.inFlight() == 0);
        Set<ServiceId> services = known.values().stream().flatMap(backend -> backend.instance().stream()).map(InstanceId::service)
                .collect(Collectors.toSet());
        overflows.entrySet().removeIf(entry -> !services.contains(entry.getKey()) && entry.getValue().isEmpty());
    }
}
