package reeve.run.reconcile;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import reeve.base.Session;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.Interaction;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Instance;
import reeve.run.supervise.Phase;

/// What people do with instances that run, without changing what should be. On the caller's thread, beside the lanes: who talks
/// to an instance delays nothing that is done to it.
record Visits(Driver driver) {

    Session open(NodeState state, InstanceId id, Interaction interaction) {
        Instance instance = state.instances().get(id);
        if (instance == null) {
            throw new Failure(Failure.Kind.NOT_FOUND, "cannot find instance '" + id + "': there is none");
        }
        return driver.open(id, run(id, instance), interaction);
    }

    /// What is known of the use of those that have a program, whatever their state.
    Map<InstanceId, Apps.Usage> usage(NodeState state, Predicate<InstanceId> wanted) {
        var usage = new TreeMap<InstanceId, Apps.Usage>();
        state.instances().forEach((id, instance) -> {
            if (wanted.test(id)) {
                instance.live().flatMap(live -> driver.usage(id, live.run()))
                        .ifPresent(used -> usage.put(id, new Apps.Usage(used.memory(), used.cpu(), used.processes())));
            }
        });
        return usage;
    }

    /// What would be suspended with it would never answer.
    private static Driver.Run run(InstanceId id, Instance instance) {
        return switch (instance.phase()) {
            case Phase.Starting starting -> starting.live().run();
            case Phase.Up up -> up.live().run();
            case Phase.Draining draining -> draining.live().run();
            case Phase.Stopping stopping -> stopping.live().run();
            case Phase.Freezing _, Phase.Frozen _, Phase.Thawing _ ->
                    throw not(id, instance, "; wake it first: reeve wake " + id.service());
            case Phase.Down _, Phase.BackingOff _, Phase.Launching _, Phase.Unknown _ -> throw not(id, instance, "");
        };
    }

    private static Failure not(InstanceId id, Instance instance, String advice) {
        return new Failure(Failure.Kind.CONFLICT, "cannot run a command in " + id + ": it is " + instance.shown().word() + advice);
    }
}
