package reeve.run.reconcile;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import reeve.base.Elapsed;
import reeve.base.Jitter;
import reeve.base.Now;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.Condition;
import reeve.model.Dependency;
import reeve.model.InstanceId;
import reeve.model.NodeFacts;
import reeve.model.NodeName;
import reeve.model.Selector;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.model.SleepKind;
import reeve.model.SleepSpec;
import reeve.model.StopSignal;
import reeve.model.Template;
import reeve.run.supervise.Effect;
import reeve.run.supervise.Goal;
import reeve.run.supervise.Instance;
import reeve.run.supervise.Phase;
import reeve.serve.route.RouteSources;
import reeve.sleep.SimulatedSleep;
import reeve.sleep.SleepInbox;
import reeve.sleep.SleepSettings;
import reeve.testing.FakeTraffic;
import reeve.testing.SimulatedProcess;
import reeve.testing.Simulation;

import static reeve.testing.Specs.app;
import static reeve.testing.Specs.service;
import static reeve.testing.Specs.source;

/// A node: reconcile, supervision, the route table and the sleep room as they are, over programs that outlive Reeve; with users,
/// clients, trouble, and a Reeve that crashes between any two acts.
final class NodeWorld {
    static final AppName SHOP = new AppName("shop");
    private static final Duration TROUBLE = Duration.ofSeconds(40);
    private static final Duration TO_CONVERGE = Duration.ofSeconds(70);
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Duration QUICK = Duration.ofMillis(30);

    final Simulation simulation;
    final SimulatedPrograms programs;
    final SimulatedProcess reeve;
    private final Decide decide;
    private final Jitter jitter;

    /// What is durable besides the programs.
    final Map<AppName, App> declared = new TreeMap<>();
    final Map<ServiceId, SleepKind> asleep = new TreeMap<>();
    private final Map<InstanceId, Integer> ports = new TreeMap<>();
    private int versions;

    /// This life of Reeve.
    FakeTraffic traffic;
    SleepInbox sleep;
    RouteSources routes;
    NodeState state;
    private Elapsed began;
    private NodeInbox inbox;
    private Neighbours neighbours;
    private NodeActs acts;

    /// [Reconciliation#decide], or a broken one.
    @FunctionalInterface
    interface Decide {
        Reconciliation.Step decide(NodeState state, NodeEvent event, Now now, Jitter jitter);
    }

    NodeWorld(Simulation simulation, Decide decide) {
        this.simulation = simulation;
        this.decide = decide;
        this.jitter = Jitter.of(simulation.random());
        this.programs = new SimulatedPrograms(simulation);
        this.reeve = new SimulatedProcess(simulation, "reeve", this::startReeve);
        this.traffic = new FakeTraffic(simulation.time());
        this.sleep = new SleepInbox(SleepSettings.DEFAULTS);
        this.routes = new RouteSources(List.of(AppRoutes.SOURCE));
        this.inbox = new NodeInbox();
        this.neighbours = new Neighbours(routes, sleep);
        this.state = NodeState.empty(surroundings());
        this.acts = new NodeActs(this, reeve, inbox);
        this.began = simulation.time().elapsed();
    }

    private Surroundings surroundings() {
        var facts = new NodeFacts(new NodeName("n1"), "", Map.of(), Map.of(), Map.of());
        return new Surroundings(facts, "/opt/java").withPorts(ports);
    }

    /// db; seed runs once after it; two copies of api, which sleep frozen; web, which sleeps by ending.
    private AppSpec shop() {
        var environment = Template.text("version " + versions);
        return app("shop",
                service("db").probed(),
                service("seed").once().after("db", Condition.HEALTHY),
                service("api").probed().replicas(2).routed("api").sleeping(SleepKind.FREEZE, Duration.ofSeconds(2))
                        .after("db", Condition.HEALTHY).after("seed", Condition.COMPLETED).environment("VERSION", environment),
                service("web").probed().routed("web").sleeping(SleepKind.STOP, Duration.ofSeconds(3)).after("api", Condition.STARTED));
    }

    private void startReeve(SimulatedProcess process) {
        traffic = new FakeTraffic(process.time());
        sleep = new SleepInbox(SleepSettings.DEFAULTS);
        routes = new RouteSources(List.of(AppRoutes.SOURCE));
        inbox = new NodeInbox();
        neighbours = new Neighbours(routes, sleep);
        state = NodeState.empty(surroundings());
        began = simulation.time().elapsed();
        acts = new NodeActs(this, process, inbox);
        NodeActs mine = acts;
        programs.listen(end -> process.after(simulation.between(Duration.ZERO, QUICK), end.id() + " was seen to end", () ->
                mine.ended(end.id(), end.run(), end.exit())));
        SimulatedSleep.join(process, sleep, traffic, inbox, (service, what, why, _) ->
                simulation.note("journal", service + " " + what + ": " + why));
        inbox.post(new NodeEvent.Began(List.copyOf(declared.values()), Map.of(), asleep, programs.adopt(), surroundings()));
        process.room("reconcile", inbox.mailbox(), this::handle);
        fullPass(process);
    }

    private void fullPass(SimulatedProcess process) {
        process.after(Duration.ofSeconds(30), "full pass", () -> {
            inbox.post(new NodeEvent.FullPass());
            fullPass(process);
        });
    }

    private void handle(NodeEvent event) {
        NodeState before = state;
        Reconciliation.Step step = decide.decide(before, event, reeve.time().now(), jitter);
        state = step.next();
        reeve.crashPoint("after it decided, before it acted", 0.002);
        neighbours.tell(event, before, step.next(), step.effects());
        for (NodeEffect effect : step.effects()) {
            checkOrder(before, effect);
            acts.carryOut(effect);
        }
    }

    /// A fresh start only after what it depends on; a stop only after what depends on it, where both go down.
    private void checkOrder(NodeState before, NodeEffect effect) {
        if (effect instanceof NodeEffect.Launch(InstanceId id, _, _, _, _)) {
            Instance instance = before.instances().get(id);
            if (instance == null || instance.phase() instanceof Phase.Down) {
                state.spec(id.service()).ifPresent(spec -> spec.dependsOn().forEach(dependency -> requireUp(id, dependency)));
            }
        }
        if (effect instanceof NodeEffect.Act(InstanceId id, Effect.Signal(_, var signal)) && signal != StopSignal.SIGKILL
                && state.instances().containsKey(id)) {
            Instance instance = state.instances().get(id);
            if (instance.phase() instanceof Phase.Stopping(_, Phase.Aim aim, _)) {
                if (aim == Phase.Aim.REST) {
                    requireDependantsDown(id);
                }
                if (aim == Phase.Aim.SLEEP && traffic.activity(id.service()).open() > 0) {
                    simulation.fail("never put to sleep while a request is open: " + id);
                }
            }
        }
    }

    private void requireUp(InstanceId id, Dependency dependency) {
        programs.look();
        var other = new ServiceId(id.service().app(), dependency.service());
        int replicas = state.spec(other).map(ServiceSpec::replicas).orElse(0);
        long up = state.allOf(other).keySet().stream().filter(needed -> switch (dependency.condition()) {
            case STARTED -> programs.find(needed).isPresent() || programs.goodAgo(needed).isPresent() || justEnded(needed);
            // what was adopted counts as healthy until a probe says otherwise
            case HEALTHY -> programs.find(needed).filter(program -> program.since.compareTo(began) < 0).isPresent()
                    || programs.goodAgo(needed).map(ago -> ago.compareTo(Duration.ofSeconds(2)) < 0).orElse(false);
            case COMPLETED -> programs.goodAgo(needed).isPresent();
        }).count();
        if (up < replicas && !state.naps().containsKey(other)) { // what sleeps counts as up
            simulation.fail("start after what it depends on: " + id + " starts, " + other + " is not " + dependency.condition().word());
        }
    }

    /// So lately that Reeve may not have been told: it still counts as started.
    private boolean justEnded(InstanceId id) {
        return programs.endedAgo(id).map(ago -> ago.compareTo(Duration.ofSeconds(2)) < 0).orElse(false);
    }

    private void requireDependantsDown(InstanceId id) {
        App app = declared.get(id.service().app());
        if (app == null && !state.retired().containsKey(id.service())) {
            return; // dropped before this life of Reeve: nobody knows its order any more
        }
        AppSpec spec = app == null ? shop() : app.spec();
        for (ServiceSpec dependant : spec.services()) {
            if (dependant.dependsOn().stream().anyMatch(dependency -> dependency.service().equals(id.service().service()))) {
                for (InstanceId above : state.members(new ServiceId(spec.name(), dependant.name())).keySet()) {
                    Instance instance = state.instances().get(above);
                    if (instance.goal() instanceof Goal.Rest && !instance.down() && programs.find(above).isPresent()) {
                        simulation.fail("stop in reverse: " + id + " is stopped while " + above + " still goes down");
                    }
                }
            }
        }
    }

    void play() {
        simulation.invariant("never two copies of an instance", programs::twice);
        simulation.invariant("never a request open at a suspended instance", () -> programs.all().stream()
                .filter(program -> program.frozen && reeve.running() && traffic.activity(program.id.service()).open() > 0
                        && state.instances().containsKey(program.id) && state.instances().get(program.id).phase() instanceof Phase.Frozen)
                .findFirst().map(program -> program.id.toString()));
        simulation.invariant("never more copies of a service than declared, and one that takes another's place", this::crowded);
        simulation.invariant("who was up", () -> {
            programs.look();
            return Optional.empty();
        });
        declare();
        reeve.start();
        scheduleUser();
        scheduleClient();
        scheduleTrouble();
        simulation.run(TROUBLE);
        simulation.stopFaults();
        simulation.run(Duration.ofSeconds(8)); // long enough for Reeve to be started again
        if (!declared.containsKey(SHOP)) {
            declare();
        }
        // a one-shot that failed stays so until a user says otherwise
        start(simulation.chance(0.7) ? new Selector.App(SHOP) : Selector.parse("shop/seed"));
        simulation.run(TO_CONVERGE);
        converged();
    }

    private Optional<String> crowded() {
        return shop().services().stream().filter(spec -> {
            long alive = programs.all().stream().filter(program -> program.id.service().service().equals(spec.name())).count();
            return alive > spec.replicas() + (Replicas.startFirst(shop(), spec) ? 1 : 0);
        }).findFirst().map(spec -> spec.name().value());
    }

    /// What was asked for is so: what is stopped is down, what is not is up or asleep, and who sleeps can be woken.
    private void converged() {
        App app = declared.get(SHOP);
        for (ServiceSpec spec : app.spec().services()) {
            Collection<InstanceId> there = state.allOf(new ServiceId(SHOP, spec.name())).keySet();
            if (there.size() != spec.replicas()) {
                simulation.fail("convergence: of " + spec.name() + " there are " + there + ", declared are " + spec.replicas());
            }
            for (InstanceId id : there) {
                String fault = wrong(app, spec, id);
                if (!fault.isEmpty()) {
                    simulation.fail("convergence: " + id + " " + fault + "; it is "
                            + Optional.ofNullable(state.instances().get(id))
                                    .map(instance -> instance.shown().word() + ": " + instance.reason()).orElse("unknown"));
                }
            }
        }
        programs.all().stream().filter(program -> !state.instances().containsKey(program.id)).findFirst().ifPresent(program ->
                simulation.fail("convergence: " + program.id + " runs and nobody knows it"));
        for (String name : List.of("api", "web")) {
            if (app.overrides().stopped().isEmpty()) {
                var client = new NodeClient(this, name, Duration.ofMillis(20));
                client.knock();
                simulation.run(Duration.ofSeconds(15));
                if (!client.served()) {
                    simulation.fail("convergence: a request to " + name + " is not served: " + client);
                }
            }
        }
    }

    private String wrong(App app, ServiceSpec spec, InstanceId id) {
        Optional<SimulatedPrograms.Program> program = programs.find(id);
        if (app.stoppedByUser(id)) {
            return program.isPresent() ? "runs although a user stopped it" : "";
        }
        if (!app.overrides().stopped().isEmpty()) {
            return ""; // what it depends on may be stopped
        }
        if (spec.name().value().equals("seed")) {
            return programs.goodAgo(id).isPresent() ? "" : "has not run";
        }
        return switch (spec.sleep()) {
            case SleepSpec.Never() -> program.filter(SimulatedPrograms.Program::healthy).isPresent() ? "" : "does not run";
            case SleepSpec.WhenIdle idle -> switch (idle.how()) {
                // one that ended in its sleep, or beside a sibling that slept, stays cold until it is woken
                case FREEZE -> program.map(one -> one.frozen).orElse(true) ? "" : "does not sleep";
                case STOP -> program.isEmpty() && asleep.containsKey(id.service()) ? "" : "does not sleep";
            };
        };
    }

    private void declare() {
        AppSpec spec = shop();
        App old = declared.get(SHOP);
        App app = old == null ? App.first(spec, source("shop"), simulation.time().wall(), Optional.empty())
                : old.declaredAs(spec, old.source(), simulation.time().wall(), Optional.empty(), old.revision() + 1);
        var picked = new HashMap<InstanceId, Integer>();
        spec.services().stream().filter(ServiceSpec::hasPort).forEach(one -> {
            for (int number = 1; number <= one.replicas() + 1; number++) {
                InstanceId id = new ServiceId(SHOP, one.name()).instance(number);
                if (!ports.containsKey(id)) {
                    picked.put(id, 20_000 + ports.size());
                    ports.put(id, 20_000 + ports.size());
                }
            }
        });
        act(app, new NodeEvent.Declared(app, picked));
    }

    private void start(Selector selector) {
        App app = declared.get(SHOP).starting(selector);
        act(app, new NodeEvent.StartAsked(app, selector));
    }

    private void act(App app, NodeEvent event) {
        declared.put(app.spec().name(), app); // durable first
        if (reeve.running()) {
            reeve.crashPoint("after it kept what a user asked for, before it acted", 0.02);
            inbox.post(event);
        }
    }

    private void scheduleUser() {
        simulation.after(simulation.between(MOMENT, Duration.ofSeconds(8)), "a user", () -> {
            if (simulation.faultsGoOn()) {
                scheduleUser();
                reeve.after(Duration.ZERO, "a user's act", this::actOfUser);
            }
        });
    }

    private void actOfUser() {
        App app = declared.get(SHOP);
        if (app == null) {
            declare();
            return;
        }
        Selector one = Selector.parse(simulation.pick(List.of("shop", "shop/db", "shop/api", "shop/web", "shop/api/2")));
        ServiceId sleeper = ServiceId.of("shop", simulation.pick(List.of("api", "web")));
        switch (simulation.random().nextInt(10)) {
            case 0 -> act(app.stopping(one), new NodeEvent.Declared(app.stopping(one), Map.of()));
            case 1, 2, 3 -> start(one);
            case 4 -> act(app.starting(one), new NodeEvent.RestartAsked(app.starting(one), one));
            case 5 -> {
                declared.remove(SHOP);
                ports.keySet().removeIf(id -> id.service().app().equals(SHOP));
                inbox.post(new NodeEvent.Dropped(SHOP));
            }
            case 6 -> {
                versions++;
                declare();
            }
            case 7, 8 -> sleep.askSleep(sleeper);
            default -> sleep.askWake(sleeper, "a user asked for it");
        }
    }

    private void scheduleClient() {
        Duration pause = simulation.between(MOMENT, simulation.chance(0.5) ? Duration.ofMillis(50) : Duration.ofSeconds(6));
        simulation.after(pause, "a client", () -> {
            if (simulation.faultsGoOn()) {
                scheduleClient();
                new NodeClient(this, simulation.pick(List.of("api", "web")), simulation.between(MOMENT, Duration.ofMillis(500))).knock();
            }
        });
    }

    private void scheduleTrouble() {
        simulation.after(simulation.between(MOMENT, Duration.ofSeconds(15)), "trouble", () -> {
            if (!simulation.faultsGoOn()) {
                return;
            }
            scheduleTrouble();
            List<SimulatedPrograms.Program> all = programs.all();
            if (simulation.chance(0.4) && reeve.running()) {
                programs.listen(_ -> {});
                reeve.crash(simulation.between(MOMENT, Duration.ofSeconds(5)));
            } else if (!all.isEmpty()) {
                programs.crash(simulation.pick(all));
            }
        });
    }
}
