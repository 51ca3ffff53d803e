package reeve.run.reconcile;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Counters;
import reeve.base.Elapsed;
import reeve.base.Jitter;
import reeve.base.Time;
import reeve.base.journal.Journal;
import reeve.model.Address;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.InstanceStatus;
import reeve.model.NodeFacts;
import reeve.model.PassReport;
import reeve.run.companion.Companion;
import reeve.run.probe.Probes;
import reeve.run.supervise.Driver;
import reeve.serve.route.RouteSources;
import reeve.sleep.SleepInbox;
import reeve.store.Store;

/// The loop of this room: takes one event at a time, lets [Reconciliation] decide, publishes routes, tells the sleep room,
/// and hands the effects to their lanes. What users ask comes through [#apps].
public final class Reconciler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    private static final Duration PASS_PATIENCE = Duration.ofMinutes(1);

    private final NodeInbox inbox;
    private final Driver driver;
    private final DesiredApps desired;
    private final Inputs inputs;
    private final Effects effects;
    private final Neighbours neighbours;
    private final Journal journal;
    private final Counters counters;
    private final Ports ports;
    private final Acts acts;
    private final Wishes wishes;
    private final Time time;
    private final Jitter jitter;
    private final Alarm alarm;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final Queue<CompletableFuture<PassReport>> passes = new ConcurrentLinkedQueue<>();
    /// What was begun because inputs had changed, for the pass that follows. Of the loop's thread.
    private List<NodeEffect> ofInputs = List.of();
    private volatile Runnable passWanted = () -> {};
    private volatile NodeState state;

    /// @param shared where desired state lives
    /// @param local  where this node keeps ports
    /// @param logs   folder of the instances' output
    public record Parts(
            NodeInbox inbox, Driver driver, Store shared, Store local, Manifests manifests, SecretTexts secrets, Probes probes,
            Journal journal, Counters counters, RouteSources routes, Drains drains, SleepInbox sleep, Path logs, String javaHome,
            Time time, Jitter jitter) {}

    public Reconciler(Parts parts, NodeFacts facts) {
        this.inbox = parts.inbox();
        this.driver = parts.driver();
        this.desired = new DesiredApps(parts.shared(), parts.local(), parts.manifests());
        this.inputs = new Inputs(parts.secrets());
        this.journal = parts.journal();
        this.counters = parts.counters();
        this.time = parts.time();
        this.jitter = parts.jitter();
        this.ports = new Ports(desired, jitter);
        this.neighbours = new Neighbours(parts.routes(), parts.sleep());
        this.state = NodeState.empty(new Surroundings(facts, parts.javaHome())).withTimes(Times.in(ZoneId.systemDefault()));
        this.alarm = new Alarm(inbox, time);
        var leftovers = new Leftovers();
        this.acts = new Acts(desired, parts.manifests(), ports, inputs, journal, inbox, time, () -> state, leftovers,
                id -> log(parts.logs(), id), new Visits(driver, new Launches(parts.secrets()), ports, id -> log(parts.logs(), id)));
        this.wishes = new Wishes(new Launches(parts.secrets()));
        this.effects = new Effects(parts, desired, ports, leftovers, acts::deployOver, this::forgotten);
    }

    /// What people may ask; ready when [#start] has returned.
    public Apps apps() {
        return acts;
    }

    /// What is wanted of each companion, for the stage of a pass that comes after [#pass]. Blocks for IO.
    public List<Companion> companions() {
        return wishes.of(state);
    }

    /// Called when there is something to do for what comes after [#pass], so that the next one need not be waited for: what is wanted
    /// of companions may have changed, or nothing is left of an app that was dropped. It must return at once.
    public void onPassWanted(Runnable listener) {
        passWanted = listener;
    }

    /// How companions stand now.
    public void companionsSeen(List<InstanceStatus> seen) {
        acts.companionsSeen(seen);
    }

    /// The file an instance's output goes to.
    static Path log(Path logs, InstanceId id) {
        return logs.resolve(id.service().app().value()).resolve(id.service().service().value()).resolve(id.number() + ".log");
    }

    /// As [#adopt], and begins to start and stop at once.
    public void start() {
        begin(Optional.empty());
    }

    /// Reads what is declared, adopts what runs, and begins to reconcile, but starts and stops nothing before the first [#pass].
    /// Returns when the first decision is taken, so that routes to adopted instances are published.
    /// @param held why nothing is started yet, for people
    public void adopt(String held) {
        begin(Optional.of(held));
    }

    private void begin(Optional<String> held) {
        DesiredApps.Loaded loaded = desired.load();
        loaded.unreadable().forEach((app, reason) -> {
            LOG.error("app left alone, its stored manifest cannot be read: app={} reason={}", app, reason);
            journal.append(app, "unreadable", "its stored manifest cannot be read, it is left alone: " + reason, Map.of());
        });
        acts.loaded(loaded);
        var given = new HashMap<>(ports.load());
        var seen = new HashMap<Path, Surroundings.Input>();
        var deploys = new HashMap<AppName, Deploy>();
        for (App app : loaded.apps()) {
            givePorts(app.spec(), given);
            seen.putAll(inputs.look(app.spec()));
            app.trial().ifPresent(trial -> deploys.put(app.spec().name(), acts.deploy(app.spec().name(), app.revision(), trial)));
        }
        List<Driver.Found> found = driver.adopt().stream().filter(one -> !loaded.unreadable().containsKey(one.id().service().app().value()))
                .toList();
        var surroundings = state.surroundings().withPorts(given).withInputs(seen).withHeld(held);
        inbox.post(new NodeEvent.Began(loaded.apps(), deploys, desired.asleep(), found, surroundings));
        inbox.mailbox().start(this::handle);
        await(begun);
        found.forEach(this::adopted);
    }

    private void adopted(Driver.Found found) {
        NodeState seen = state;
        App app = seen.apps().get(found.id().service().app());
        if (found instanceof Driver.Found.Alive(InstanceId id, _, _, _) && app != null && seen.spec(id.service()).isPresent()
                && seen.resolution(id) instanceof Resolution.Resolved resolved) {
            effects.adopted(new NodeEffect.Launch(id, app.spec(), seen.spec(id.service()).orElseThrow(), resolved, seen.port(id)));
        }
    }

    /// A port may be lacking where a crash came between its declaration and its being kept.
    private void givePorts(AppSpec spec, Map<InstanceId, Integer> given) {
        try {
            given.putAll(ports.give(spec));
        } catch (Failure e) {
            LOG.error("instances without a port: app={} reason={}", spec.name(), e.getMessage());
        }
    }

    /// Looks at everything once, in case an event was lost, and begins what is to be done. Returns when that is begun: a slow start
    /// of one service delays no pass.
    public PassReport pass() {
        var report = new CompletableFuture<PassReport>();
        passes.add(report);
        inbox.post(new NodeEvent.InputsSeen(look()));
        if (!inbox.mailbox().post(new NodeEvent.FullPass())) {
            return PassReport.NOTHING; // Reeve ends
        }
        try {
            return report.get(PASS_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new Failure(Failure.Kind.BUSY, "cannot look at all services: other events keep Reeve busy", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the pass failed, the log has its fault", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return PassReport.NOTHING;
        }
    }

    private Map<Path, Surroundings.Input> look() {
        var seen = new HashMap<Path, Surroundings.Input>();
        for (App app : state.apps().values()) {
            try {
                seen.putAll(inputs.look(app.spec()));
            } catch (RuntimeException | Error e) { // it concerns no other app
                LOG.error("cannot look at the inputs of an app: app={}", app.spec().name(), e);
            }
        }
        return seen;
    }

    private void handle(NodeEvent event) {
        try {
            Reconciliation.Step step = decideAndAct(event);
            if (event instanceof NodeEvent.FullPass) {
                PassReport report = Reports.of(ofInputs, step);
                ofInputs = List.of();
                answerPasses(pass -> pass.complete(report));
            }
            if (event instanceof NodeEvent.InputsSeen) {
                ofInputs = step.effects();
            }
        } catch (RuntimeException | Error e) {
            if (event instanceof NodeEvent.FullPass) {
                answerPasses(pass -> pass.completeExceptionally(e));
            }
            throw e; // the mailbox logs it and goes on
        }
    }

    private Reconciliation.Step decideAndAct(NodeEvent event) {
        Elapsed from = time.elapsed();
        NodeState before = state;
        Reconciliation.Step step = Reconciliation.decide(before, event, time.now(), jitter);
        state = step.next();
        try {
            neighbours.tell(event, before, step.next(), step.effects());
        } catch (RuntimeException e) { // what was decided is done all the same
            LOG.error("cannot tell the neighbours: event={}", event.getClass().getSimpleName(), e);
        }
        step.effects().forEach(effects::carryOut);
        alarm.set(event, state.times().next());
        if (before.apps() != state.apps() && (hasCompanions(before) || hasCompanions(state))) {
            passWanted.run();
        }
        ServiceCounters.handled(counters, event, time.elapsed().since(from).toNanos() / 1e9);
        begun.countDown();
        return step;
    }

    private void forgotten(InstanceId id) {
        if (acts.gone(id.service().app())) {
            passWanted.run();
        }
    }

    private static boolean hasCompanions(NodeState state) {
        return state.apps().values().stream().anyMatch(app -> !app.spec().companions().isEmpty());
    }

    private void answerPasses(Consumer<CompletableFuture<PassReport>> answer) {
        for (var pass = passes.poll(); pass != null; pass = passes.poll()) {
            answer.accept(pass);
        }
    }

    /// The node's configuration was read again.
    public void factsChanged(NodeFacts facts) {
        inbox.post(new NodeEvent.FactsChanged(facts));
    }

    /// Whether its loop gets on; returns at once.
    public boolean answers() {
        return inbox.mailbox().answers();
    }

    /// The node's proxy began to listen.
    public void proxyListens(Address address) {
        inbox.post(new NodeEvent.ProxyListens(address));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Stops deciding and acting. Services go on running.
    @Override
    public void close() {
        effects.close();
        inbox.close();
    }
}
