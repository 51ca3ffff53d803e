package reeve.run.reconcile;

import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
/// @param retiring   instances of declared services that shall go, because another took their place or there are too many: why
/// @param deploys    what is being deployed
/// @param resolutions what each declared instance would be started with, made anew whenever something it depends on changes
/// @param times      of services that are started at set times
/// @param breaker    whether restarts are held back
/// @param retired    specifications of services that are no longer declared but still have instances, for their stop order
record NodeState(
        Map<AppName, App> apps,
        Map<ServiceId, ServiceSpec> specs,
        NavigableMap<InstanceId, Instance> instances,
        Map<ServiceId, Nap> naps,
        Set<InstanceId> restarting,
        Map<InstanceId, String> retiring,
        Map<AppName, Deploy> deploys,
        Map<ServiceId, ServiceSpec> retired,
        Surroundings surroundings,
        Map<InstanceId, Resolution> resolutions,
        Times times,
        Breaker.State breaker) {

    /// @param why the sleep room's reason
    record Nap(SleepKind how, String why) {}

    static NodeState empty(Surroundings surroundings) {
        return new NodeState(Map.of(), Map.of(), Collections.emptyNavigableMap(), Map.of(), Set.of(), Map.of(), Map.of(), Map.of(),
                surroundings, Map.of(), Times.in(ZoneOffset.UTC), Breaker.State.Closed.CALM);
    }

    NodeState withApps(Map<AppName, App> next) {
        var services = new HashMap<ServiceId, ServiceSpec>();
        next.forEach((name, app) -> app.spec().services().forEach(spec -> services.put(new ServiceId(name, spec.name()), spec)));
        return new NodeState(Collections.unmodifiableMap(new TreeMap<>(next)), Collections.unmodifiableMap(services), instances, naps,
                restarting, retiring, deploys, retired, surroundings, resolutions, times.of(services), breaker);
    }

    /// @param next shown as it is, not copied
    NodeState withInstances(NavigableMap<InstanceId, Instance> next) {
        return new NodeState(apps, specs, Collections.unmodifiableNavigableMap(next), naps, restarting, retiring, deploys, retired,
                surroundings, resolutions, times, breaker);
    }

    NodeState withNaps(Map<ServiceId, Nap> next) {
        return new NodeState(apps, specs, instances, Map.copyOf(next), restarting, retiring, deploys, retired, surroundings,
                resolutions, times, breaker);
    }

    NodeState withRestarting(Set<InstanceId> next) {
        return new NodeState(apps, specs, instances, naps, Set.copyOf(next), retiring, deploys, retired, surroundings,
                resolutions, times, breaker);
    }

    NodeState withRetiring(Map<InstanceId, String> next) {
        return new NodeState(apps, specs, instances, naps, restarting, Map.copyOf(next), deploys, retired, surroundings,
                resolutions, times, breaker);
    }

    NodeState withDeploys(Map<AppName, Deploy> next) {
        return new NodeState(apps, specs, instances, naps, restarting, retiring, Map.copyOf(next), retired, surroundings,
                resolutions, times, breaker);
    }

    NodeState withRetired(Map<ServiceId, ServiceSpec> next) {
        return new NodeState(apps, specs, instances, naps, restarting, retiring, deploys, Map.copyOf(next), surroundings,
                resolutions, times, breaker);
    }

    NodeState withSurroundings(Surroundings next) {
        return new NodeState(apps, specs, instances, naps, restarting, retiring, deploys, retired, next, resolutions, times, breaker);
    }

    /// Resolves every instance of a declared service afresh.
    NodeState resolved() {
        var all = new HashMap<InstanceId, Resolution>();
        for (InstanceId id : instances.keySet()) {
            resolve(id).ifPresent(resolution -> all.put(id, resolution));
        }
        return withResolutions(all);
    }

    /// Resolves instances that are new.
    NodeState resolved(Collection<InstanceId> added) {
        var all = new HashMap<>(resolutions);
        added.forEach(id -> resolve(id).ifPresent(resolution -> all.put(id, resolution)));
        return withResolutions(all);
    }

    private Optional<Resolution> resolve(InstanceId id) {
        return spec(id.service()).map(spec -> Resolution.of(apps.get(id.service().app()).spec(), spec, id, this));
    }

    private NodeState withResolutions(Map<InstanceId, Resolution> next) {
        return new NodeState(apps, specs, instances, naps, restarting, retiring, deploys, retired, surroundings,
                Collections.unmodifiableMap(next), times, breaker);
    }

    NodeState withTimes(Times next) {
        return next == times ? this
                : new NodeState(apps, specs, instances, naps, restarting, retiring, deploys, retired, surroundings, resolutions, next,
                        breaker);
    }

    NodeState withBreaker(Breaker.State next) {
        return next == breaker ? this
                : new NodeState(apps, specs, instances, naps, restarting, retiring, deploys, retired, surroundings, resolutions, times,
                        next);
    }

    Optional<ServiceSpec> spec(ServiceId service) {
        return Optional.ofNullable(specs.get(service));
    }

    /// What there is of a service, by number.
    Collection<Instance> instances(ServiceId service) {
        return allOf(service).values();
    }

    NavigableMap<InstanceId, Instance> allOf(ServiceId service) {
        return instances.subMap(service.instance(1), true, service.instance(Integer.MAX_VALUE), true);
    }

    /// The instances of a service that stay, in the order of their numbers.
    Map<InstanceId, Instance> members(ServiceId service) {
        var members = new LinkedHashMap<InstanceId, Instance>();
        allOf(service).forEach((id, instance) -> {
            if (!retiring.containsKey(id)) {
                members.put(id, instance);
            }
        });
        return members;
    }

    /// The instance that stands for a service of one replica: the one that serves, else the first.
    InstanceId standing(ServiceId service) {
        Map<InstanceId, Instance> members = members(service);
        return members.entrySet().stream().filter(member -> member.getValue().serves()).map(Map.Entry::getKey).findFirst()
                .or(() -> members.keySet().stream().findFirst()).orElse(service.instance(1));
    }

    Resolution resolution(InstanceId id) {
        return resolutions.getOrDefault(id, new Resolution.Missing("it is not declared"));
    }

    /// Whether an instance runs from another declaration than the one that holds.
    boolean outdated(InstanceId id) {
        return instances.get(id).live().filter(live -> outdated(id, live.spec())).isPresent();
    }

    /// Whether a run from a declaration would have to be another one now.
    boolean outdated(InstanceId id, String spec) {
        return resolution(id) instanceof Resolution.Resolved resolved && !spec.equals(resolved.digest());
    }

    /// Whether a user wants it to get no new requests.
    boolean drained(InstanceId id) {
        App app = apps.get(id.service().app());
        return app != null && app.overrides().drained().contains(id);
    }

    /// What a user wants clients of a service to be told instead of an answer of it.
    Optional<String> maintenance(ServiceId service) {
        App app = apps.get(service.app());
        return app == null ? Optional.empty() : app.overrides().maintenance(service);
    }

    int port(InstanceId id) {
        return surroundings.ports().getOrDefault(id, 0);
    }
}
