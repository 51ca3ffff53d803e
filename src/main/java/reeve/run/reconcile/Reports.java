package reeve.run.reconcile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import reeve.model.InstanceId;
import reeve.model.PassReport;
import reeve.run.supervise.Effect;
import reeve.run.supervise.Instance;
import reeve.run.supervise.Phase;

/// What a full pass found and began to do. Pure.
final class Reports {
    private Reports() {}

    /// @param before what was begun because inputs had changed, right before the pass
    static PassReport of(List<NodeEffect> before, Reconciliation.Step step) {
        List<PassReport.Action> actions = Stream.concat(before.stream(), step.effects().stream())
                .flatMap(effect -> action(effect).stream()).toList();
        var failures = new ArrayList<PassReport.Failed>();
        step.next().instances().forEach((id, instance) ->
                failure(step.next(), id, instance).ifPresent(reason -> failures.add(new PassReport.Failed(id.toString(), reason))));
        return new PassReport(step.next().instances().size(), actions, failures);
    }

    private static Optional<PassReport.Action> action(NodeEffect effect) {
        return switch (effect) {
            case NodeEffect.Launch launch -> action(launch.id(), "start");
            case NodeEffect.Act(InstanceId id, Effect act) -> switch (act) {
                case Effect.Signal _ -> action(id, "stop");
                case Effect.Drain _ -> action(id, "drain");
                case Effect.Freeze _ -> action(id, "freeze");
                case Effect.Thaw _ -> action(id, "thaw");
                case Effect.Start _, Effect.Watch _, Effect.Unwatch _, Effect.SetTimer _ -> Optional.empty();
            };
            case NodeEffect.Forget(InstanceId id) -> action(id, "forget");
            case NodeEffect.CannotLaunch _, NodeEffect.Probe _, NodeEffect.Tell _, NodeEffect.Note _, NodeEffect.SetBreakerTimer _, NodeEffect.DeployOver _,
                    NodeEffect.StaysAwake _, NodeEffect.RememberSleep _ -> Optional.empty();
        };
    }

    private static Optional<PassReport.Action> action(InstanceId id, String what) {
        return Optional.of(new PassReport.Action(id.toString(), what));
    }

    /// Why an instance is not as it should be; what is on its way there is no failure, nor is what nobody wants.
    private static Optional<String> failure(NodeState state, InstanceId id, Instance instance) {
        return switch (instance.shown()) {
            case UNHEALTHY, BACKING_OFF, FAILED, CONFLICT, UNKNOWN -> Optional.of(instance.shown().word() + ": " + instance.reason());
            case STOPPED -> wanted(state, id) && !(state.resolution(id) instanceof Resolution.Resolved)
                    ? Optional.of(instance.reason()) : Optional.empty();
            case STOPPING, REPLACING -> instance.phase() instanceof Phase.Stopping stopping && stopping.failed()
                    ? Optional.of(instance.reason()) : leftAlone(state, id);
            case STARTING, RUNNING, FALLING_ASLEEP, ASLEEP, WAKING -> leftAlone(state, id);
            case DISABLED, DONE -> Optional.empty();
        };
    }

    /// What cannot be looked up just now changes nothing that runs, but is no secret.
    private static Optional<String> leftAlone(NodeState state, InstanceId id) {
        return wanted(state, id) && state.resolution(id) instanceof Resolution.Unknown(String reason)
                ? Optional.of("left as it is: " + reason) : Optional.empty();
    }

    private static boolean wanted(NodeState state, InstanceId id) {
        App app = state.apps().get(id.service().app());
        return app != null && state.specs().containsKey(id.service()) && !state.retiring().containsKey(id) && !app.stoppedByUser(id);
    }
}
