package reeve.run.reconcile;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reeve.model.InstanceState;
import reeve.model.ServiceId;
import reeve.run.supervise.Goal;
import reeve.run.supervise.Instance;
import reeve.sleep.Observed;

/// What the sleep room is told of a service, from the state of its instances. Pure.
final class Observation {
    private static final Duration RETRY_WAKE = Duration.ofSeconds(2);

    private Observation() {}

    static Observed of(NodeState state, ServiceId service) {
        List<Instance> instances = List.copyOf(state.members(service).values());
        NodeState.Nap nap = state.naps().get(service);
        if (!instances.isEmpty() && nap != null && all(instances, InstanceState.ASLEEP)) {
            return new Observed.Asleep(nap.how());
        }
        if (instances.stream().allMatch(instance -> rests(instance))) {
            return new Observed.Down(instances.stream().findFirst().map(Observation::reason).orElse("no replicas are declared"));
        }
        if (nap != null) {
            return new Observed.Busy();
        }
        if (instances.stream().anyMatch(instance -> instance.shown() == InstanceState.RUNNING)
                && instances.stream()
                        .noneMatch(instance -> instance.shown() == InstanceState.ASLEEP
                        || instance.shown() == InstanceState.FALLING_ASLEEP)) {
            return new Observed.Awake();
        }
        Optional<Instance> failing = instances.stream().filter(instance -> instance.shown() == InstanceState.BACKING_OFF).findFirst();
        return failing.isPresent() ? new Observed.WakeFailed(failing.get().reason(), RETRY_WAKE) : new Observed.Busy();
    }

    private static boolean all(List<Instance> instances, InstanceState state) {
        return instances.stream().allMatch(instance -> instance.shown() == state);
    }

    /// Whether it will not run until somebody acts.
    private static boolean rests(Instance instance) {
        return switch (instance.shown()) {
            case STOPPED, DISABLED, FAILED, DONE, CONFLICT -> true;
            case STOPPING -> instance.goal() instanceof Goal.Rest;
            case STARTING, RUNNING, UNHEALTHY, REPLACING, FALLING_ASLEEP, ASLEEP, WAKING, BACKING_OFF, UNKNOWN -> false;
        };
    }

    private static String reason(Instance instance) {
        return instance.shown().word() + ": " + instance.reason();
    }
}
