package reeve.run.reconcile;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import reeve.model.AppName;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.model.SleepKind;
import reeve.run.supervise.Instance;

/// All that reconcile knows of this node. Immutable; the loop replaces it whole.
/// @param apps       what is declared
/// @param instances  every instance that is declared, or still there
/// @param naps       services the sleep room wants asleep
/// @param restarting instances a user wants ended before they start again
/// @param resolutions what each declared instance would be started with, made anew whenever something it depends on changes
/// @param retired    specifications of services that are no longer declared but still have instances, for their stop order
record NodeState(
        Map<AppName, App> apps,
        Map<InstanceId, Instance> instances,
        Map<ServiceId, Nap> naps,
        Set<InstanceId> restarting,
        Map<ServiceId, ServiceSpec> retired,
        Surroundings surroundings,
        Map<InstanceId, Resolution> resolutions) {

    /// @param why the sleep room's reason
    record Nap(SleepKind how, String why) {}

    NodeState {
        apps = Collections.unmodifiableMap(new TreeMap<>(apps));
        instances = Collections.unmodifiableMap(new TreeMap<>(instances));
        naps = Map.copyOf(naps);
        restarting = Set.copyOf(restarting);
        retired = Map.copyOf(retired);
        resolutions = Map.copyOf(resolutions);
    }

    static NodeState empty(Surroundings surroundings) {
        return new NodeState(Map.of(), Map.of(), Map.of(), Set.of(), Map.of(), surroundings, Map.of());
    }

    NodeState withApps(Map<AppName, App> next) {
        return new NodeState(next, instances, naps, restarting, retired, surroundings, resolutions);
    }

    NodeState withInstances(Map<InstanceId, Instance> next) {
        return new NodeState(apps, next, naps, restarting, retired, surroundings, resolutions);
    }

    NodeState withNaps(Map<ServiceId, Nap> next) {
        return new NodeState(apps, instances, next, restarting, retired, surroundings, resolutions);
    }

    NodeState withRestarting(Set<InstanceId> next) {
        return new NodeState(apps, instances, naps, next, retired, surroundings, resolutions);
    }

    NodeState withRetired(Map<ServiceId, ServiceSpec> next) {
        return new NodeState(apps, instances, naps, restarting, next, surroundings, resolutions);
    }

    NodeState withSurroundings(Surroundings next) {
        return new NodeState(apps, instances, naps, restarting, retired, next, resolutions);
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
        return new NodeState(apps, instances, naps, restarting, retired, surroundings, all);
    }

    Optional<ServiceSpec> spec(ServiceId service) {
        return Optional.ofNullable(apps.get(service.app())).flatMap(app -> app.spec().service(service.service()));
    }

    Resolution resolution(InstanceId id) {
        return resolutions.getOrDefault(id, new Resolution.Missing("it is not declared"));
    }

    int port(InstanceId id) {
        return surroundings.ports().getOrDefault(id, 0);
    }
}
