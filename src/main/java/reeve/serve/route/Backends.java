package reeve.serve.route;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import reeve.model.InstanceId;
import reeve.model.ServiceId;

/// The backends known to one [RouteSources], so that a republished route finds those it had. Guarded by its owner.
final class Backends {
    private final Duration grace;
    private final Map<Backend.Key, Known> known = new HashMap<>();
    private final Set<Known> unused = new HashSet<>();

    private static final class Known {
        final Backend.Key key;
        final Backend backend;
        int uses;

        Known(Backend.Key key, Duration grace) {
            this.key = key;
            this.backend = new Backend(key, grace);
        }
    }
    private final Map<ServiceId, Overflow> overflows = new HashMap<>();
    private final Overflow none = new Overflow();
    private final AtomicInteger turn = new AtomicInteger();

    /// @param grace what is open at a backend goes on for, once no route leads there
    Backends(Duration grace) {
        this.grace = grace;
    }

    private Known known(Backend.Key key) {
        return new Known(key, grace);
    }

    Backend get(Backend.Key key) {
        return known.computeIfAbsent(key, this::known).backend;
    }

    /// Begins one use of each, until [#release].
    void hold(List<Backend> used) {
        for (Backend backend : used) {
            Known found = known.computeIfAbsent(backend.key(), this::known);
            if (found.uses++ == 0) {
                found.backend.routed(true);
            }
            unused.remove(found);
        }
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
        return known.values().stream().map(each -> each.backend).filter(backend -> backend.instance().filter(instance::equals).isPresent())
                .mapToInt(Backend::inFlight).sum();
    }

    Map<InstanceId, Integer> inFlight() {
        var working = new HashMap<InstanceId, Integer>();
        known.values().forEach(each -> each.backend.instance().filter(_ -> each.backend.inFlight() > 0)
                .ifPresent(instance -> working.merge(instance, each.backend.inFlight(), Integer::sum)));
        return working;
    }

    /// Ends one use of each.
    void release(List<Backend> used) {
        for (Backend backend : used) {
            Known found = known.get(backend.key());
            if (found != null && --found.uses == 0) {
                found.backend.ready(false);
                found.backend.routed(false);
                unused.add(found);
            }
        }
    }

    /// Forgets those that no route names any more, once their last request has ended.
    void sweep() {
        unused.removeIf(each -> each.backend.inFlight() == 0 && known.remove(each.key, each));
        Set<ServiceId> services = known.values().stream().flatMap(each -> each.backend.instance().stream()).map(InstanceId::service)
                .collect(Collectors.toSet());
        overflows.entrySet().removeIf(entry -> !services.contains(entry.getKey()) && entry.getValue().isEmpty());
    }
}
