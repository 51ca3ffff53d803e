package reeve.run.reconcile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reeve.base.Jitter;
import reeve.base.Now;
import reeve.model.Address;
import reeve.model.AppName;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.NodeFacts;
import reeve.model.Selector;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.model.SleepKind;
import reeve.model.SleepSpec;
import reeve.run.reconcile.NodeState.Nap;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Effect;
import reeve.run.supervise.Event;
import reeve.run.supervise.Goal;
import reeve.run.supervise.Goal.Order;
import reeve.run.supervise.Instance;
import reeve.run.supervise.Supervision;

/// Desired against observed, for a whole node. Pure: every event is taken in, then every instance whose goal changed is told,
/// until nothing changes any more.
final class Reconciliation {

    /// @param effects in order; those of one instance must stay in order, those of different ones need not
    record Step(NodeState next, List<NodeEffect> effects) {}

    final Now now;
    private final Jitter jitter;
    final List<NodeEffect> effects = new ArrayList<>();
    NodeState state;

    /// The instances as this decision changes them, once it does; `state` shows them.
    private @Nullable TreeMap<InstanceId, Instance> changed;

    /// The apps that the event may concern. Apps know nothing of each other, so the others stand where they stood.
    private final Predicate<AppName> touched;

    private Reconciliation(NodeState state, NodeEvent event, Now now, Jitter jitter) {
        this.state = state;
        this.touched = event.app().<Predicate<AppName>>map(app -> app::equals).orElse(_ -> true);
        this.now = now;
        this.jitter = jitter;
    }

    static Step decide(NodeState state, NodeEvent event, Now now, Jitter jitter) {
        var reconciliation = new Reconciliation(state, event, now, jitter);
        reconciliation.take(event);
        // what was settled stays so as long as nothing changes; a full pass looks all the same
        if (reconciliation.state != state || event instanceof NodeEvent.FullPass || event instanceof NodeEvent.DeployLate) {
            reconciliation.converge();
            reconciliation.judgeDeploys();
        }
        return new Step(reconciliation.state, List.copyOf(reconciliation.effects));
    }

    private void take(NodeEvent event) {
        switch (event) {
            case NodeEvent.Began began -> new Beginning(this).take(began);
            case NodeEvent.Declared(App app, Map<InstanceId, Integer> ports, Optional<Deploy> deploy) -> {
                NodeState before = state;
                declare(app, ports);
                AppName name = app.spec().name();
                state = state.withDeploys(deploy.map(one -> with(state.deploys(), name, one.besides(Deploys.troubled(before, state, name))))
                        .orElse(app.trial().isPresent() ? state.deploys() : without(state.deploys(), name)));
            }
            case NodeEvent.Dropped(AppName app) -> drop(app);
            case NodeEvent.StartAsked(App app, Selector selector) -> {
                state = state.withApps(with(state.apps(), app.spec().name(), app));
                forgetNaps(service -> touches(selector, service), "a user started it");
                ids(selector::covers).forEach(this::startAfresh);
                new Striking(this).asked(selector, _ -> !(selector instanceof Selector.App));
            }
            case NodeEvent.RestartAsked(App app, Selector selector) -> {
                state = state.withApps(with(state.apps(), app.spec().name(), app));
                var restarting = new HashSet<>(state.restarting());
                ids(selector::covers).forEach(restarting::add);
                state = state.withRestarting(restarting);
                new Striking(this).asked(selector, instance -> !(selector instanceof Selector.App) || !instance.down());
            }
            case NodeEvent.SleepWanted(ServiceId service, SleepKind how, String why) -> {
                if (sleeps(service)) {
                    state = state.withNaps(with(state.naps(), service, new Nap(how, why)));
                    effects.add(new NodeEffect.RememberSleep(service, Optional.of(how)));
                }
            }
            case NodeEvent.RunningWanted(ServiceId service, String _) -> endNaps(service::equals);
            case NodeEvent.OfInstance(InstanceId id, Event happened) -> {
                if (happened instanceof Event.FreezeFailed(Driver.Run _, String reason)) {
                    forgetNaps(id.service()::equals, reason); // it cannot sleep, so its siblings shall not either
                }
                if (happened instanceof Event.RuntimeSilent && !state.instances().containsKey(id)) {
                    add(id); // an earlier Reeve ran it: until its runtime says otherwise it may run still
                }
                if (!new Circuit(this).holdsBack(id, happened)) {
                    tell(id, happened);
                }
            }
            case NodeEvent.PortMoved(InstanceId id, int port) -> {
                Surroundings old = state.surroundings();
                surround(old.withPorts(with(old.ports(), id, port)));
            }
            case NodeEvent.FactsChanged(NodeFacts facts) -> surround(state.surroundings().withFacts(facts));
            case NodeEvent.ProxyListens(Address address) -> surround(state.surroundings().withProxy(address));
            case NodeEvent.InputsSeen(Map<Path, Surroundings.Input> inputs) -> seen(inputs);
            case NodeEvent.DeployLate(AppName _, int _) -> { }
            case NodeEvent.TimesCame() -> new Striking(this).look();
            case NodeEvent.BreakerDue(long turn) -> new Circuit(this).due(turn);
            case NodeEvent.FullPass() -> {
                new Striking(this).look(); // the clock may have been set
                if (held()) {
                    state = state.withSurroundings(state.surroundings().withHeld(Optional.empty()));
                }
            }
        }
    }

    private void surround(Surroundings next) {
        state = state.withSurroundings(next).resolved();
    }

    private void seen(Map<Path, Surroundings.Input> inputs) {
        Surroundings old = state.surroundings();
        if (!old.inputs().entrySet().containsAll(inputs.entrySet())) {
            var all = new HashMap<>(old.inputs());
            all.putAll(inputs);
            surround(old.withInputs(all));
        }
    }

    boolean held() {
        return state.surroundings().held().isPresent();
    }

    private void declare(App app, Map<InstanceId, Integer> ports) {
        AppName name = app.spec().name();
        retire(name);
        var allPorts = new HashMap<>(state.surroundings().ports());
        allPorts.putAll(ports);
        state = state.withSurroundings(state.surroundings().withPorts(allPorts));
        state = state.withApps(with(state.apps(), name, app)).resolved();
        forgetNaps(service -> service.app().equals(name) && !sleeps(service), "it does not sleep any more");
        forgetNaps(service -> service.app().equals(name) && stopped(app, service), "stopped by a user");
        addInstances(app);
    }

    private void drop(AppName name) {
        retire(name);
        var apps = new TreeMap<>(state.apps());
        apps.remove(name);
        state = state.withApps(apps).resolved();
        forgetNaps(service -> service.app().equals(name), "no longer declared");
    }

    /// Keeps the present specifications of an app's services, so that what leaves is stopped in its order.
    private void retire(AppName name) {
        App app = state.apps().get(name);
        if (app != null) {
            var retired = new HashMap<>(state.retired());
            app.spec().services().forEach(spec -> retired.put(new ServiceId(name, spec.name()), spec));
            state = state.withRetired(retired);
        }
    }

    void addInstances(App app) {
        List<InstanceId> added = unseen(app);
        state = state.resolved(added); // together: each time copies what is known of all
    }

    /// Adds the instances that an app lacks, unresolved.
    List<InstanceId> unseen(App app) {
        var added = new ArrayList<InstanceId>();
        for (ServiceSpec spec : app.spec().services()) {
            var service = new ServiceId(app.spec().name(), spec.name());
            for (int number = 1; state.members(service).size() < spec.replicas(); number++) {
                if (!state.instances().containsKey(service.instance(number))) {
                    unseen(service.instance(number));
                    added.add(service.instance(number));
                }
            }
        }
        return added;
    }

    void add(InstanceId id) {
        unseen(id);
        state = state.resolved(List.of(id));
    }

    /// Adds an instance, unresolved.
    void unseen(InstanceId id) {
        put(id, Instance.unseen(new Goal.Rest(InstanceState.STOPPED, Goals.NOT_DECLARED), now.wall()));
    }

    /// Adds and retires instances until each service has as many as it should, or must wait.
    private boolean replicate() {
        if (held()) {
            return false;
        }
        boolean any = false;
        for (App app : state.apps().values()) {
            if (touched.test(app.spec().name())) {
                for (ServiceSpec spec : app.spec().services()) {
                    any |= replicate(new ServiceId(app.spec().name(), spec.name()), spec);
                }
            }
        }
        return any;
    }

    private boolean replicate(ServiceId service, ServiceSpec spec) {
        boolean any = false;
        for (var change = Replicas.next(state, service, spec); change.isPresent(); change = Replicas.next(state, service, spec)) {
            any = true;
            switch (change.get()) {
                case Replicas.Change.Add(InstanceId id, String why) -> add(id, why);
                case Replicas.Change.Retire(InstanceId id, String why) -> state = state.withRetiring(with(state.retiring(), id, why));
            }
        }
        return any;
    }

    private void add(InstanceId id, String why) {
        add(id);
        if (!why.isEmpty()) {
            effects.add(new NodeEffect.Note(id.toString(), "rollout", why));
        }
    }

    private void judgeDeploys() {
        for (var deploy : state.deploys().entrySet()) {
            AppName app = deploy.getKey();
            switch (Deploys.judge(state, app, deploy.getValue(), now)) {
                case Deploys.Verdict.Rolling _ -> { }
                case Deploys.Verdict.Over over -> {
                    state = state.withDeploys(without(state.deploys(), app));
                    effects.add(new NodeEffect.DeployOver(app, deploy.getValue().revision(), over));
                }
            }
        }
    }

    /// Tells every instance whose goal changed, until none does; forgets what is gone.
    private void converge() {
        // each round settles at least one more link of a chain of dependencies, twice over for down and up
        int rounds = 2 * state.instances().size() + 4;
        for (boolean changed = true; changed && rounds > 0; rounds--) {
            changed = replicate();
            for (var goal : Goals.of(state, touched).entrySet()) {
                Instance instance = state.instances().get(goal.getKey());
                if (!goal.getValue().equals(instance.goal())) {
                    changed = true;
                    tell(goal.getKey(), new Event.Wanted(goal.getValue(), why(goal.getKey(), instance, goal.getValue())));
                }
            }
            changed |= restarted();
        }
        forgetGone();
    }

    /// Forgets how it ended or failed. What is down rests first, so that it then waits for its turn like any other start.
    void startAfresh(InstanceId id) {
        Instance instance = state.instances().get(id);
        if (instance.down()) {
            tell(id, new Event.Wanted(new Goal.Rest(instance.shown(), instance.reason()), instance.reason()));
        }
        tell(id, new Event.Reset());
    }

    /// Lets what was stopped for a restart start again, once all of its app that was selected is down.
    private boolean restarted() {
        Set<AppName> goingDown = state.restarting().stream()
                .filter(id -> state.instances().containsKey(id) && Goals.mayStillGoDown(state.instances().get(id)))
                .map(id -> id.service().app())
                .collect(Collectors.toSet());
        Map<Boolean, List<InstanceId>> restarting = state.restarting().stream().sorted()
                .collect(Collectors.partitioningBy(id -> goingDown.contains(id.service().app())));
        List<InstanceId> down = restarting.get(false);
        if (down.isEmpty()) {
            return false;
        }
        state = state.withRestarting(Set.copyOf(restarting.get(true)));
        down.stream().filter(state.instances()::containsKey).forEach(id -> tell(id, new Event.Reset()));
        return true;
    }

    private void forgetGone() {
        for (InstanceId id : ids(this::gone)) {
            instancesToChange().remove(id);
            state = state.withRetiring(without(state.retiring(), id));
            int numbers = state.spec(id.service()).map(spec -> spec.replicas() + 1).orElse(0);
            if (id.number() > numbers) {
                state = state.withSurroundings(state.surroundings().withoutPort(id)); // others keep theirs for the next rollout
            }
            effects.add(new NodeEffect.Forget(id));
        }
        if (state.retired().keySet().stream().anyMatch(this::needsNoMemory)) {
            var retired = new HashMap<>(state.retired());
            retired.keySet().removeIf(this::needsNoMemory);
            state = state.withRetired(retired);
        }
    }

    private boolean gone(InstanceId id) {
        Instance instance = state.instances().get(id);
        return instance.down() && instance.goal() instanceof Goal.Rest
                && (state.retiring().containsKey(id) || !state.specs().containsKey(id.service()));
    }

    private boolean needsNoMemory(ServiceId retired) {
        return state.specs().containsKey(retired) || state.instances(retired).isEmpty();
    }

    private String why(InstanceId id, Instance instance, Goal goal) {
        return switch (goal) {
            case Goal.Rest(_, String reason, _) -> reason;
            case Goal.Sleep _ -> state.naps().containsKey(id.service()) ? state.naps().get(id.service()).why() : "asleep";
            case Goal.Run(Order order) -> switch (instance.goal()) {
                case Goal.Run(Order before) -> Digest.difference(before.spec(), order.spec());
                case Goal.Sleep _ -> "woken";
                case Goal.Rest(InstanceState shown, String reason, _) ->
                    shown == InstanceState.STARTING ? "what it depends on is up"
                            : state.times().started().containsKey(id) ? state.times().started().get(id)
                            : reason.equals(Goals.NOT_DECLARED) ? "declared"
                            : reason.equals(Goals.STOPPED_BY_USER) || hasGivenUp(shown) ? "a user started it" : "no longer " + shown.word();
            };
        };
    }

    /// Whether nothing but a user makes it start again.
    private static boolean hasGivenUp(InstanceState shown) {
        return shown == InstanceState.FAILED || shown == InstanceState.DONE;
    }

    void tell(InstanceId id, Event event) {
        Instance before = state.instances().get(id);
        if (before == null) {
            return; // forgotten meanwhile
        }
        var step = Supervision.decide(before, event, now, jitter.next());
        put(id, step.next());
        state = state.withTimes(state.times().after(id, step.next()));
        step.effects().forEach(effect -> effects.add(effect(id, effect)));
        if (before.shown() != step.next().shown() || !before.reason().equals(step.next().reason())) {
            effects.add(new NodeEffect.Tell(id, before, step.next()));
        }
        new Circuit(this).told(id, before, step.next());
    }

    /// Joins what only this room knows to an effect of an instance's machine.
    private NodeEffect effect(InstanceId id, Effect effect) {
        return switch (effect) {
            case Effect.Start _ -> switch (state.resolution(id)) {
                case Resolution.Resolved resolved -> new NodeEffect.Launch(id, state.apps().get(id.service().app()).spec(),
                        state.specs().get(id.service()), resolved, state.port(id));
                case Resolution.Missing(String reason) -> new NodeEffect.CannotLaunch(id, reason);
                case Resolution.Unknown(String reason) -> new NodeEffect.CannotLaunch(id, reason);
            };
            case Effect.Watch watch -> {
                Order order = state.instances().get(id).order();
                yield state.resolution(id) instanceof Resolution.Resolved resolved
                        ? new NodeEffect.Probe(id, watch.check().of(order.healthcheck(), order.checks()), watch, resolved,
                                state.specs().get(id.service()).workload(), state.port(id))
                        : new NodeEffect.Act(id, new Effect.Unwatch(watch.run())); // nothing to probe it with
            }
            case Effect.Signal _, Effect.Freeze _, Effect.Thaw _, Effect.Drain _, Effect.Unwatch _, Effect.SetTimer _ ->
                    new NodeEffect.Act(id, effect);
        };
    }

    boolean sleeps(ServiceId service) {
        return state.spec(service).map(spec -> spec.sleep() instanceof SleepSpec.WhenIdle).orElse(false);
    }

    private static boolean stopped(App app, ServiceId service) {
        return app.stoppedByUser(service.instance(1));
    }

    private static boolean touches(Selector selector, ServiceId service) {
        return switch (selector) {
            case Selector.App(AppName name) -> service.app().equals(name);
            case Selector.Service(ServiceId id) -> service.equals(id);
            case Selector.Instance(InstanceId id) -> service.equals(id.service());
        };
    }

    List<InstanceId> ids(Predicate<InstanceId> filter) {
        return state.instances().keySet().stream().filter(filter).toList();
    }

    /// Ends naps because the sleep room wants so.
    private List<ServiceId> endNaps(Predicate<ServiceId> filter) {
        List<ServiceId> ended = state.naps().keySet().stream().filter(filter).sorted().toList();
        if (ended.isEmpty()) {
            return ended;
        }
        var naps = new HashMap<>(state.naps());
        ended.forEach(naps::remove);
        state = state.withNaps(naps);
        ended.forEach(service -> effects.add(new NodeEffect.RememberSleep(service, Optional.empty())));
        return ended;
    }

    /// Ends naps for a reason of our own, and says so to the sleep room.
    private void forgetNaps(Predicate<ServiceId> filter, String why) {
        endNaps(filter).forEach(service -> effects.add(new NodeEffect.StaysAwake(service, why)));
    }

    void put(InstanceId id, Instance instance) {
        if (!instance.equals(state.instances().get(id))) {
            instancesToChange().put(id, instance);
        }
    }

    private TreeMap<InstanceId, Instance> instancesToChange() {
        TreeMap<InstanceId, Instance> instances = changed;
        if (instances == null) {
            instances = new TreeMap<>(state.instances());
            changed = instances;
            state = state.withInstances(instances);
        }
        return instances;
    }

    static <K, V> Map<K, V> without(Map<K, V> map, K key) {
        if (!map.containsKey(key)) {
            return map;
        }
        var next = new HashMap<>(map);
        next.remove(key);
        return next;
    }

    static <K, V> Map<K, V> with(Map<K, V> map, K key, V value) {
        var next = new HashMap<>(map);
        next.put(key, value);
        return next;
    }
}
