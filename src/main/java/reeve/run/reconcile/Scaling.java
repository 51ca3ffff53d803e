package reeve.run.reconcile;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reeve.model.AppSpec;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.model.ServiceName;
import reeve.model.ServiceSpec;
import reeve.model.Workload;
import reeve.run.reconcile.Apps.Scale;

/// How many instances users want, where that is not what the manifest says. It holds until the manifest's own number changes. Pure.
final class Scaling {
    private Scaling() {}

    /// What users said that still holds for a manifest.
    static Map<ServiceName, Scale> kept(AppSpec manifest, Map<ServiceName, Scale> scaled) {
        return scaled.entrySet().stream()
                .filter(scale -> manifest.service(scale.getKey())
                        .filter(spec -> spec.replicas() == scale.getValue().declared())
                        .isPresent())
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    static AppSpec applied(AppSpec manifest, Map<ServiceName, Scale> scaled) {
        return manifest.withServices(manifest.services().stream()
                .map(spec -> scaled.containsKey(spec.name()) ? spec.withReplicas(scaled.get(spec.name()).replicas()) : spec)
                .toList());
    }

    /// @throws Failure `INVALID` when the service cannot have so many, `CONFLICT` when another could then not be run
    static App scaled(App app, ServiceName service, int replicas, NodeState state) {
        var id = new ServiceId(app.spec().name(), service);
        ServiceSpec before = app.spec().service(service).orElseThrow();
        if (replicas < 0 || replicas > ServiceSpec.MOST_REPLICAS) {
            throw new Failure(Failure.Kind.INVALID, cannot(id, replicas) + "allowed are 0 to " + ServiceSpec.MOST_REPLICAS);
        }
        if (replicas > 1) {
            fixedPorts(before).findFirst().ifPresent(port -> {
                throw new Failure(Failure.Kind.INVALID, cannot(id, replicas) + "its manifest fixes port " + port
                        + ", which only one can have");
            });
        }
        int declared = app.overrides().scaled().containsKey(service) ? app.overrides().scaled().get(service).declared() : before.replicas();
        var scaled = new TreeMap<>(app.overrides().scaled());
        scaled.put(service, new Scale(replicas, declared));
        if (replicas == declared) {
            scaled.remove(service);
        }
        AppSpec spec = applied(app.spec(), Map.of(service, new Scale(replicas, declared)));
        App next = app.scaled(spec, scaled);
        refuseToBreakOthers(app, next, id, replicas, state);
        return next;
    }

    private static Stream<Integer> fixedPorts(ServiceSpec spec) {
        Stream<Integer> published = switch (spec.workload()) {
            case Workload.Process _ -> Stream.of();
            case Workload.Container container -> container.published().stream().map(Workload.PublishedPort::host);
        };
        return Stream.concat(Stream.of(spec.fixedPort()), published).filter(port -> port != 0);
    }

    /// Several replicas have one address only behind the proxy: who uses `${services.NAME.address}` may be left without.
    private static void refuseToBreakOthers(App app, App next, ServiceId scaled, int replicas, NodeState state) {
        for (ServiceSpec other : next.spec().services()) {
            InstanceId first = state.standing(new ServiceId(scaled.app(), other.name()));
            if (!other.name().equals(scaled.service())
                    && app.spec().service(other.name()).filter(was -> runs(app, was, first, state)).isPresent()
                    && Resolution.of(next.spec(), other, first, state) instanceof Resolution.Missing(String reason)) {
                throw new Failure(Failure.Kind.CONFLICT, cannot(scaled, replicas) + "then " + first.service()
                        + " could not run: " + reason);
            }
        }
    }

    private static boolean runs(App app, ServiceSpec spec, InstanceId id, NodeState state) {
        return Resolution.of(app.spec(), spec, id, state) instanceof Resolution.Resolved;
    }

    private static String cannot(ServiceId service, int replicas) {
        return "cannot scale " + service + " to " + replicas + ": ";
    }
}
