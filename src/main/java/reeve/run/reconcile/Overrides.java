package reeve.run.reconcile;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reeve.model.AppSpec;
import reeve.model.InstanceId;
import reeve.model.Selector;
import reeve.model.ServiceId;
import reeve.model.ServiceName;

/// What users said of an app beside its manifest. It lasts until they say otherwise.
/// @param stopped     what a user stopped; it stays so until a user starts it
/// @param scaled      services of which users want more or fewer instances than the manifest says
/// @param drained     instances that get no new requests
/// @param maintenance the app, or services of it, whose requests are answered with a message instead of being passed on
record Overrides(Set<Selector> stopped, Map<ServiceName, Apps.Scale> scaled, Set<InstanceId> drained, Map<Selector, String> maintenance) {
    static final Overrides NONE = new Overrides(Set.of(), Map.of(), Set.of(), Map.of());

    Overrides {
        stopped = Set.copyOf(stopped);
        scaled = Map.copyOf(scaled);
        drained = Set.copyOf(drained);
        maintenance = Map.copyOf(maintenance);
    }

    Overrides stopping(Selector selector) {
        var more = new HashSet<>(stopped);
        more.add(selector);
        return new Overrides(more, scaled, drained, maintenance);
    }

    /// Undoes stops. Starting one service of an app that was stopped whole leaves its other services stopped.
    Overrides starting(Selector selector, AppSpec spec) {
        var left = new HashSet<Selector>();
        for (Selector stop : stopped) {
            left.addAll(Stops.without(stop, selector, spec));
        }
        return new Overrides(left, scaled, drained, maintenance);
    }

    Overrides scaled(Map<ServiceName, Apps.Scale> other) {
        return new Overrides(stopped, other, drained, maintenance);
    }

    Overrides draining(InstanceId instance) {
        var more = new HashSet<>(drained);
        more.add(instance);
        return new Overrides(stopped, scaled, more, maintenance);
    }

    Overrides undraining(InstanceId instance) {
        var left = new HashSet<>(drained);
        left.remove(instance);
        return new Overrides(stopped, scaled, left, maintenance);
    }

    /// Another revision may give an instance's number to another instance.
    Overrides undrained() {
        return new Overrides(stopped, scaled, Set.of(), maintenance);
    }

    Overrides inMaintenance(Selector selector, String message) {
        var more = new HashMap<>(maintenance);
        more.put(selector, message);
        return new Overrides(stopped, scaled, drained, more);
    }

    /// Ends it for what is selected, and for all that this covers.
    Overrides outOfMaintenance(Selector selector) {
        var left = new HashMap<>(maintenance);
        left.keySet().removeIf(kept -> kept.equals(selector) || selector instanceof Selector.App);
        return new Overrides(stopped, scaled, drained, left);
    }

    /// What clients of a service are told, where it is in maintenance: what was said of the service itself goes before what was said of
    /// its app.
    Optional<String> maintenance(ServiceId service) {
        String own = maintenance.get(new Selector.Service(service));
        return Optional.ofNullable(own == null ? maintenance.get(new Selector.App(service.app())) : own);
    }
}
