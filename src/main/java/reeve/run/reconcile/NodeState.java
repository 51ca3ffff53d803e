package reeve.run.reconcile;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import reeve.model.AppName;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.model.SleepKind;
import reeve.run.supervise.Instance;

/// All that reconcile knows of this node. Immutable; the loop replaces it whole. It shares the maps it is made from, which
/// nobody changes any more once a decision is taken: copying them for every event would make many services slow.
/// @param apps       what is declared
/// @param specs      the services of those apps
/// @param instances  every instance that is declared, or still there
/// @param naps       services the sleep room wants asleep
/// @param restarting instances a user wants ended before they start again
/// @param resolutions what each declared instance would be started with, made anew whenever something it depends on changes
/// @param retired    specifications of services that are no longer declared but still have instances, for their stop order
record NodeState(
        Map<AppName, App> apps,
        Map<ServiceId, ServiceSpec> specs,
        NavigableMap<InstanceId, Instance> instances,
        Map<ServiceId, Nap> naps,
        Set<InstanceId> restarting,
        Map<ServiceId, ServiceSpec> retired,
        Surroundings surroundings,
        Map<InstanceId, Resolution> resolutions) {

    /// @param why the sleep room's reason
    record Nap(SleepKind how, String why) {}

    static NodeState empty(Surroundings surroundings) {
        return new NodeState(Map.of(), Map.of(), Collections.emptyNavigableMap(), Map.of(), Set.of(), Map.of(), surroundings, Map.of());
    }

    NodeState withApps(Map<AppName, App> next) {
        var services = new HashMap<ServiceId, ServiceSpec>();
        next.forEach((name, app) -> app.spec().services().forEach(spec -> services.put(new ServiceId(name, spec.name()), spec)));
        return new NodeState(Collections.unmodifiableMap(new TreeMap<>(next)), Collections.unmodifiableMap(services), instances, naps,
                restarting, retired, surroundings, resolutions);
    }

    /// @param next shown as it is, not copied
    NodeState withInstances(NavigableMap<InstanceId, Instance> next) {
        return new NodeState(apps, specs, Collections.unmodifiableNavigableMap(next), naps, restarting, retired, surroundings, resolutions);
    }

    NodeState withNaps(Map<ServiceId, Nap> next) {
        return new NodeState(apps, specs, instances, Map.copyOf(next), restarting, retired, surroundings, resolutions);
    }

    NodeState withRestarting(Set<InstanceId> next) {
        return new NodeState(apps, specs, instances, naps, Set.copyOf(next), retired, surroundings, resolutions);
    }

    NodeState withRetired(Map<ServiceId, ServiceSpec> next) {
        return new NodeState(apps, specs, instances, naps, restarting, Map.copyOf(next), surroundings, resolutions);
    }

    NodeState withSurroundings(Surroundings next) {
        return new NodeState(apps, specs, instances, naps, restarting, retired, next, resolutions);
    }

    /// Resolves every declared instance afresh.
    NodeState resolved() {
        var all = new HashMap<InstanceId, Resolution>();
        apps.forEach((name, app) -> app.spec().services().forEach(spec -> {
            for (int number = 1; number <= spec.replicas(); number++) {
                InstanceId id = new ServiceId(name, spec.name()).instance(number);
                all.put(id, Resolution.of(app.spec(), spec, id, surroundings));
            }
        }));
        return new NodeState(apps, specs, instances, naps, restarting, retired, surroundings, Collections.unmodifiableMap(all));
    }

    Optional<ServiceSpec> spec(ServiceId service) {
        return Optional.ofNullable(specs.get(service));
    }

    /// What there is of a service, by number.
    Collection<Instance> instances(ServiceId service) {
        return instances.subMap(service.instance(1), true, service.instance(Integer.MAX_VALUE), true).values();
    }

    Resolution resolution(InstanceId id) {
        return resolutions.getOrDefault(id, new Resolution.Missing("it is not declared"));
    }

    int port(InstanceId id) {
        return surroundings.ports().getOrDefault(id, 0);
    }
}
