package reeve.run.reconcile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import reeve.model.AppName;
import reeve.model.Condition;
import reeve.model.Dependency;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.model.SleepKind;
import reeve.run.supervise.Goal;
import reeve.run.supervise.Instance;
import reeve.run.supervise.Phase;

/// What each instance should be doing, from what is declared, what users asked, and where its neighbours are. Pure.
///
/// First each instance by itself: not declared, stopped by a user, gate closed, something missing, asleep, or running.
/// Then the order among them: a start waits for what it depends on; a stop waits for what depends on it, where that is
/// going down too. What already runs is never stopped because a dependency went away.
final class Goals {
    static final String NOT_DECLARED = "no longer declared";
    static final String STOPPED_BY_USER = "stopped by a user";

    private final NodeState state;
    private final Map<InstanceId, Goal> alone = new LinkedHashMap<>();
    private final Map<ServiceId, List<InstanceId>> instances = new HashMap<>();
    private final Map<ServiceId, List<ServiceId>> dependants = new HashMap<>();

    private Goals(NodeState state, Collection<InstanceId> concerned) {
        this.state = state;
        concerned.forEach(id -> instances.computeIfAbsent(id.service(), _ -> new ArrayList<>()).add(id));
        for (ServiceId service : instances.keySet()) {
            spec(service).ifPresent(spec -> spec.dependsOn().forEach(dependency ->
                    dependants.computeIfAbsent(new ServiceId(service.app(), dependency.service()), _ -> new ArrayList<>()).add(service)));
        }
    }

    /// The goal of every instance of some apps, in the order of the state's.
    static Map<InstanceId, Goal> of(NodeState state, Predicate<AppName> apps) {
        List<InstanceId> concerned = state.instances().keySet().stream().filter(id -> apps.test(id.service().app())).toList();
        var goals = new Goals(state, concerned);
        concerned.forEach(id -> goals.alone.put(id,
                goals.held(state.instances().get(id), goals.byItself(id, state.instances().get(id)))));
        var ordered = new LinkedHashMap<InstanceId, Goal>();
        goals.alone.forEach((id, goal) -> ordered.put(id, goals.inOrder(id, goal)));
        return ordered;
    }

    /// The goal of one instance regardless of the order of starts and stops, and of what holds them back.
    static Goal alone(NodeState state, InstanceId id) {
        return new Goals(state, List.of()).byItself(id, state.instances().get(id));
    }

    /// While Reeve waits for the machine, what runs is left as it is, and what does not run waits.
    private Goal held(Instance instance, Goal goal) {
        Optional<String> held = state.surroundings().held();
        if (held.isEmpty()) {
            return goal;
        }
        if (!instance.down()) {
            return instance.goal();
        }
        boolean wouldStart = goal instanceof Goal.Run(Goal.Order order) && !instance.latched(order)
                || goal instanceof Goal.Sleep(SleepKind how, _) && how == SleepKind.FREEZE;
        return wouldStart ? new Goal.Rest(InstanceState.STARTING, held.get()) : goal;
    }

    private Goal byItself(InstanceId id, Instance instance) {
        App app = state.apps().get(id.service().app());
        Optional<ServiceSpec> declared = state.spec(id.service());
        if (app == null || declared.isEmpty()) {
            return new Goal.Rest(InstanceState.STOPPED, NOT_DECLARED);
        }
        String retires = state.retiring().get(id);
        if (retires != null) {
            return new Goal.Rest(InstanceState.STOPPED, retires, drain(declared.get()));
        }
        if (app.stoppedByUser(id)) {
            return new Goal.Rest(InstanceState.STOPPED, STOPPED_BY_USER);
        }
        ServiceSpec spec = declared.get();
        Optional<String> closed = Resolution.closed(spec.gate(), state.surroundings().facts());
        if (closed.isPresent()) {
            return new Goal.Rest(InstanceState.DISABLED, closed.get());
        }
        if (state.restarting().contains(id)) {
            return new Goal.Rest(InstanceState.REPLACING, "a user asked for a restart", drain(spec));
        }
        return switch (state.resolution(id)) {
            case Resolution.Missing(String reason) -> new Goal.Rest(InstanceState.STOPPED, "cannot run it: " + reason);
            // what runs is left as it is; what does not run cannot be started, and is not forgotten over it
            case Resolution.Unknown(String reason) -> instance.down() && instance.goal() instanceof Goal.Rest
                    ? new Goal.Rest(InstanceState.STOPPED, "cannot run it yet: " + reason) : instance.goal();
            case Resolution.Resolved resolved -> {
                Goal.Order order = Goal.Order.of(spec, resolved.digest());
                if (Replicas.keepsOld(state, id)) {
                    order = order.startedFrom(instance.live().orElseThrow().spec());
                }
                NodeState.Nap nap = state.naps().get(id.service());
                yield nap == null ? state.times().goal(id, instance, order) : new Goal.Sleep(nap.how(), order);
            }
        };
    }

    /// A service on the web lets its instances finish what they have begun.
    private static Duration drain(ServiceSpec spec) {
        return spec.routes().isEmpty() ? Duration.ZERO : spec.rollout().drain();
    }

    private Goal inOrder(InstanceId id, Goal goal) {
        Instance instance = state.instances().get(id);
        return switch (goal) {
            case Goal.Run(Goal.Order order) -> {
                boolean wouldStart = instance.phase() instanceof Phase.Down && !instance.latched(order);
                Optional<String> waits = wouldStart ? waitsFor(id.service()).or(() -> formerClass(id.service())) : Optional.empty();
                yield waits.isPresent() ? new Goal.Rest(InstanceState.STARTING, waits.get()) : goal;
            }
            case Goal.Rest _ -> !instance.down() && !(instance.goal() instanceof Goal.Rest) && dependantsAreGoingDown(id.service())
                    ? instance.goal() : goal;
            case Goal.Sleep _ -> goal;
        };
    }

    /// @return what a service still waits for before it may start
    private Optional<String> waitsFor(ServiceId service) {
        return spec(service).flatMap(spec -> spec.dependsOn().stream()
                .flatMap(dependency -> unmet(service.app(), dependency).stream())
                .findFirst());
    }

    /// What was for the node's former class must have stopped before anything of its app is started for the new one: what that does
    /// may not be undone (SUP-8).
    private Optional<String> formerClass(ServiceId service) {
        if (spec(service).filter(Goals::isForSomeClass).isEmpty()) {
            return Optional.empty();
        }
        return instances.keySet().stream()
                .filter(other -> other.app().equals(service.app()) && spec(other).filter(this::isForAnotherClass).isPresent())
                .flatMap(other -> instances.get(other).stream())
                .filter(id -> !state.instances().get(id).down())
                .findFirst()
                .map(id -> "waits until " + id + " has stopped, which is for another class of node");
    }

    private static boolean isForSomeClass(ServiceSpec spec) {
        return spec.gate().onlyOn().containsKey("class");
    }

    private boolean isForAnotherClass(ServiceSpec spec) {
        return isForSomeClass(spec) && !spec.gate().onlyOn().get("class").contains(state.surroundings().facts().nodeClass());
    }

    private Optional<String> unmet(AppName app, Dependency dependency) {
        var on = new ServiceId(app, dependency.service());
        Map<InstanceId, Instance> members = state.members(on);
        List<Instance> instances = List.copyOf(members.values());
        long up = instances.stream().filter(instance -> !roused(on, instance) && meets(instance, dependency.condition())).count();
        int wanted = spec(on).map(ServiceSpec::replicas).orElse(0);
        if (up > 0 && up >= Math.min(wanted, instances.size())) {
            return Optional.empty();
        }
        if (!dependency.required() && (members.isEmpty() || members.entrySet().stream().anyMatch(this::inVain))) {
            return Optional.empty();
        }
        String states = instances.isEmpty() ? "not there"
                : instances.stream().map(instance -> instance.shown().word()).distinct().collect(Collectors.joining(", "));
        return Optional.of("waits for " + dependency.service() + " (" + dependency.condition().word() + "), which is " + states);
    }

    /// Whether it ended in order to sleep and shall not sleep any more: it is not up, it has yet to start.
    private boolean roused(ServiceId service, Instance instance) {
        return instance.phase() instanceof Phase.Down(InstanceState shown, _) && shown == InstanceState.ASLEEP
                && !state.naps().containsKey(service);
    }

    private static boolean meets(Instance instance, Condition condition) {
        return switch (condition) {
            case STARTED -> switch (instance.phase()) {
                case Phase.Starting _, Phase.Up _, Phase.Freezing _, Phase.Frozen _, Phase.Thawing _, Phase.Draining _ -> true;
                case Phase.Down(InstanceState shown, _) -> shown == InstanceState.ASLEEP || shown == InstanceState.DONE;
                case Phase.Launching _, Phase.BackingOff _, Phase.Stopping _, Phase.Unknown _ -> false;
            };
            case HEALTHY -> switch (instance.shown()) {
                case RUNNING, FALLING_ASLEEP, ASLEEP, WAKING -> true;
                case STARTING, UNHEALTHY, REPLACING, STOPPING, STOPPED, DISABLED, BACKING_OFF, FAILED, DONE, CONFLICT, UNKNOWN -> false;
            };
            case COMPLETED -> instance.shown() == InstanceState.DONE;
        };
    }

    /// Whether to wait for an instance may be in vain: it is not to run, or its last attempt failed.
    private boolean inVain(Map.Entry<InstanceId, Instance> member) {
        return switch (member.getValue().shown()) {
            case FAILED, BACKING_OFF, CONFLICT -> true;
            case STOPPED, DISABLED -> alone.get(member.getKey()) instanceof Goal.Rest; // else it has yet to be started
            case STARTING, RUNNING, UNHEALTHY, REPLACING, FALLING_ASLEEP, ASLEEP, WAKING, STOPPING, DONE, UNKNOWN -> false;
        };
    }

    /// Whether some service that depends on this one shall rest as well and has not got there. One whose stop failed holds up nobody.
    private boolean dependantsAreGoingDown(ServiceId service) {
        return dependants.getOrDefault(service, List.of()).stream()
                .flatMap(dependant -> instances.getOrDefault(dependant, List.of()).stream())
                .anyMatch(id -> alone.get(id) instanceof Goal.Rest && mayStillGoDown(state.instances().get(id)));
    }

    /// Whether it is worth waiting for.
    static boolean mayStillGoDown(Instance instance) {
        return !instance.down() && !(instance.phase() instanceof Phase.Stopping stopping && stopping.failed());
    }

    private Optional<ServiceSpec> spec(ServiceId service) {
        return state.spec(service).or(() -> Optional.ofNullable(state.retired().get(service)));
    }
}
