package reeve.run.reconcile;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import reeve.model.AppSpec;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.model.Template;
import reeve.model.Workload;
import reeve.run.supervise.Instance;
import reeve.run.supervise.Phase;

/// How many instances a service has: as many as are declared, and one more while a changed one takes an old one's place. Pure.
///
/// A service whose instances can run side by side is replaced start-first, one at a time: a spare is started with the lowest
/// free number; once it takes requests, one old instance retires; when that is gone, the next. As long as a spare does not
/// come up, the old ones go on serving. All others change in place: each is stopped, then started anew.
final class Replicas {
    private final NodeState state;
    private final ServiceId service;
    private final ServiceSpec spec;
    private final Map<InstanceId, Instance> members;

    private Replicas(NodeState state, ServiceId service, ServiceSpec spec) {
        this.state = state;
        this.service = service;
        this.spec = spec;
        this.members = state.members(service);
    }

    /// The next change towards the right number of instances.
    sealed interface Change {
        /// @param why empty for an ordinary one
        record Add(InstanceId id, String why) implements Change {}

        record Retire(InstanceId id, String why) implements Change {}
    }

    /// @return empty when there are as many as there should be, or when something must happen first
    static Optional<Change> next(NodeState state, ServiceId service, ServiceSpec spec) {
        return new Replicas(state, service, spec).next();
    }

    /// Whether an instance that runs from an earlier declaration goes on serving until another has taken its place.
    static boolean keepsOld(NodeState state, InstanceId id) {
        return state.outdated(id) && state.instances().get(id).phase() instanceof Phase.Up(_, _, Phase.Fitness fitness)
                && fitness == Phase.Fitness.FIT && state.spec(id.service()).filter(spec -> rolls(state, id.service(), spec)).isPresent();
    }

    private static boolean rolls(NodeState state, ServiceId service, ServiceSpec spec) {
        App app = state.apps().get(service.app());
        return startFirst(app.spec(), spec)
                && !state.naps().containsKey(service)
                && Resolution.closed(spec.gate(), state.surroundings().facts()).isEmpty()
                && state.allOf(service).keySet().stream().noneMatch(id -> app.stoppedByUser(id) || state.restarting().contains(id));
    }

    /// Whether two instances can run side by side, and shall.
    static boolean startFirst(AppSpec app, ServiceSpec spec) {
        return switch (spec.rollout().order()) {
            case STOP_FIRST -> false;
            case START_FIRST -> spec.fixedPort() == 0;
            case FITTING -> spec.fixedPort() == 0 && !spec.routes().isEmpty() && !sharesFiles(spec) && !named(app, spec);
        };
    }

    private static boolean sharesFiles(ServiceSpec spec) {
        return spec.workload() instanceof Workload.Container container && (!container.published().isEmpty()
                || container.mounts().stream().anyMatch(mount -> mount instanceof Workload.Mount.OfVolume volume && !volume.readOnly()));
    }

    /// Whether another service of the app is given its address: that one would have to be replaced as well.
    private static boolean named(AppSpec app, ServiceSpec spec) {
        return spec.replicas() == 1 && app.services().stream().filter(other -> !other.name().equals(spec.name()))
                .flatMap(other -> Stream.concat(other.workload().command().stream(), other.environment().values().stream()))
                .flatMap(template -> template.references().stream())
                .anyMatch(reference -> reference instanceof Template.ServiceAddress(var name) && name.equals(spec.name())
                        || reference instanceof Template.ServicePort(var port) && port.equals(spec.name()));
    }

    private Optional<Change> next() {
        if (members.size() < spec.replicas()) {
            return spare("");
        }
        List<InstanceId> old = members.keySet().stream().filter(id -> keepsOld(state, id)).toList();
        if (old.isEmpty()) {
            return members.size() > spec.replicas() ? surplus() : Optional.empty();
        }
        if (members.size() > spec.replicas()) {
            List<InstanceId> fresh = members.keySet().stream().filter(id -> !old.contains(id)).toList();
            if (fresh.isEmpty()) {
                return surplus(); // it was declared anew before it was through
            }
            return fresh.stream().allMatch(id -> members.get(id).serves())
                    ? Optional.of(new Change.Retire(old.getFirst(), "replaced by " + fresh.getLast() + ": " + changed(old.getFirst())))
                    : Optional.empty();
        }
        return state.allOf(service).size() > members.size() ? Optional.empty()
                : spare("takes the place of " + old.getFirst() + ": " + changed(old.getFirst()));
    }

    /// Why an old instance cannot stay.
    private String changed(InstanceId old) {
        String before = state.instances().get(old).live().map(live -> live.spec()).orElse("");
        String now = state.resolution(old) instanceof Resolution.Resolved resolved ? resolved.digest() : "";
        return Digest.difference(before, now);
    }

    /// The lowest free number: ports are given in advance up to one more than there are replicas.
    private Optional<Change> spare(String why) {
        OptionalInt free = IntStream.rangeClosed(1, spec.replicas() + 1)
                .filter(number -> !state.instances().containsKey(service.instance(number))).findFirst();
        return free.isPresent() ? Optional.of(new Change.Add(service.instance(free.getAsInt()), why)) : Optional.empty();
    }

    private Optional<Change> surplus() {
        return members.keySet().stream()
                .max(Comparator.comparing((InstanceId id) -> !members.get(id).serves()).thenComparing(InstanceId::number))
                .map(id -> new Change.Retire(id, "there are " + spec.replicas() + " replicas now"));
    }
}
