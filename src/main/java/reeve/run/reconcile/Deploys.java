package reeve.run.reconcile;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import reeve.base.Durations;
import reeve.base.Now;
import reeve.model.AppName;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.run.supervise.Goal;
import reeve.run.supervise.Instance;

/// Whether a deploy is through, has failed, or goes on. Pure.
final class Deploys {
    /// So many failures in a row of one new instance are proof enough.
    static final int MOST_FAILURES = 3;

    private Deploys() {}

    /// How a deploy stands.
    sealed interface Verdict {
        /// @param waits for what
        record Rolling(String waits) implements Verdict {}

        sealed interface Over extends Verdict {}

        record Deployed() implements Over {}

        record Failed(String reason) implements Over {}
    }

    static Verdict judge(NodeState state, AppName name, Deploy deploy, Now now) {
        App app = state.apps().get(name);
        if (app == null) {
            return new Verdict.Failed("the app was taken down");
        }
        List<Verdict> unfinished = app.spec().services().stream()
                .flatMap(spec -> service(state, new ServiceId(name, spec.name()), spec).stream()).toList();
        Optional<Verdict> failed = unfinished.stream().filter(Verdict.Failed.class::isInstance).findFirst();
        if (failed.isPresent()) {
            return failed.get();
        }
        if (unfinished.isEmpty()) {
            return new Verdict.Deployed();
        }
        return now.elapsed().reached(deploy.deadline())
                ? new Verdict.Failed("not up within " + Durations.words(deploy.timeout()) + ": " + ((Verdict.Rolling) unfinished.getFirst())
                        .waits())
                : unfinished.getFirst();
    }

    private static Optional<Verdict> service(NodeState state, ServiceId service, ServiceSpec spec) {
        Map<InstanceId, Instance> members = state.members(service);
        Stream<Optional<Verdict>> each = members.entrySet().stream().map(member -> instance(state, member.getKey(), member.getValue()));
        List<Verdict> verdicts = each.flatMap(Optional::stream).toList();
        Optional<Verdict> failed = verdicts.stream().filter(Verdict.Failed.class::isInstance).findFirst();
        if (failed.isPresent()) {
            return failed;
        }
        if (!verdicts.isEmpty()) {
            return Optional.of(verdicts.getFirst());
        }
        return members.size() == spec.replicas() && state.allOf(service).size() == members.size() ? Optional.empty()
                : Optional.of(new Verdict.Rolling(service + " is being replaced"));
    }

    private static Optional<Verdict> instance(NodeState state, InstanceId id, Instance instance) {
        String stands = id + " is " + instance.shown().word() + ": " + instance.reason();
        if (state.outdated(id)) {
            return Optional.of(new Verdict.Rolling(stands));
        }
        boolean hopeless = instance.shown() == InstanceState.FAILED || instance.failures().total() >= MOST_FAILURES
                || state.resolution(id) instanceof Resolution.Missing;
        if (hopeless && !(instance.goal() instanceof Goal.Rest rest && rest.shown() != InstanceState.STOPPED)) {
            return Optional.of(new Verdict.Failed(stands));
        }
        return settled(instance) ? Optional.empty() : Optional.of(new Verdict.Rolling(stands));
    }

    /// Whether an instance has come to where it shall be for now.
    private static boolean settled(Instance instance) {
        return switch (instance.shown()) {
            case RUNNING, ASLEEP, DONE, DISABLED -> true;
            case STOPPED, FAILED -> instance.goal() instanceof Goal.Rest;
            case STARTING, UNHEALTHY, REPLACING, FALLING_ASLEEP, WAKING, STOPPING, BACKING_OFF, CONFLICT, UNKNOWN -> false;
        };
    }
}
