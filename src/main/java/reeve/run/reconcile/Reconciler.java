package reeve.run.reconcile;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Jitter;
import reeve.base.Time;
import reeve.base.journal.Journal;
import reeve.model.Address;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.InstanceStatus;
import reeve.model.ManifestSource;
import reeve.model.NodeFacts;
import reeve.model.Selector;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.run.probe.Probes;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Instance;
import reeve.serve.route.RouteSources;
import reeve.sleep.SleepInbox;
import reeve.store.Store;

/// The loop of this room: takes one event at a time, lets [Reconciliation] decide, publishes routes, tells the sleep room,
/// and hands the effects to their lanes. Acts of users are made durable by their caller's thread before the loop hears of them.
public final class Reconciler implements Apps, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    private static final int MOST_FACTS = 50;
    private static final Duration FULL_PASS = Duration.ofSeconds(30);

    private final NodeInbox inbox;
    private final Driver driver;
    private final DesiredApps desired;
    private final Effects effects;
    private final Neighbours neighbours;
    private final Journal journal;
    private final Ports ports;
    private final Time time;
    private final Jitter jitter;
    private final ReentrantLock acts = new ReentrantLock();
    private final Map<AppName, App> declared = new TreeMap<>();
    private final Map<String, String> unreadable = new TreeMap<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private volatile NodeState state;

    /// @param shared where desired state lives
    /// @param local  where this node keeps ports
    /// @param logs   folder of the instances' output
    public record Parts(
            NodeInbox inbox, Driver driver, Store shared, Store local, Manifests manifests, Probes probes, Journal journal,
            RouteSources routes, SleepInbox sleep, Path logs, String javaHome, Time time, Jitter jitter) {}

    public Reconciler(Parts parts, NodeFacts facts) {
        this.inbox = parts.inbox();
        this.driver = parts.driver();
        this.desired = new DesiredApps(parts.shared(), parts.local(), parts.manifests());
        this.journal = parts.journal();
        this.time = parts.time();
        this.jitter = parts.jitter();
        this.ports = new Ports(desired, jitter);
        this.neighbours = new Neighbours(parts.routes(), parts.sleep());
        this.state = NodeState.empty(new Surroundings(facts, Map.of(), Optional.empty(), parts.javaHome()));
        this.effects = new Effects(driver, desired, parts.probes(), journal, ports, parts.logs(), time, inbox);
    }

    /// Reads what is declared, adopts what runs, and begins to reconcile. Returns when the first decision is taken, so that
    /// routes to adopted instances are published.
    public void start() {
        DesiredApps.Loaded loaded = desired.load();
        loaded.unreadable().forEach((app, reason) -> {
            unreadable.put(app, reason);
            LOG.error("app left alone, its stored manifest cannot be read: app={} reason={}", app, reason);
            journal.append(app, "unreadable", "its stored manifest cannot be read, it is left alone: " + reason, Map.of());
        });
        loaded.apps().forEach(app -> declared.put(app.spec().name(), app));
        var given = new HashMap<>(ports.load());
        loaded.apps().forEach(app -> givePorts(app.spec(), given));
        List<Driver.Found> found = driver.adopt().stream().filter(one -> !loaded.unreadable().containsKey(one.id().service().app().value()))
                .toList();
        var surroundings = state.surroundings().withPorts(given);
        inbox.post(new NodeEvent.Began(loaded.apps(), desired.asleep(), found, surroundings));
        inbox.mailbox().start(this::handle);
        time.after(FULL_PASS, this::fullPass);
        await(begun);
    }

    /// A port may be lacking where a crash came between its declaration and its being kept.
    private void givePorts(AppSpec spec, Map<InstanceId, Integer> given) {
        try {
            given.putAll(ports.give(spec));
        } catch (Failure e) {
            LOG.error("instances without a port: app={} reason={}", spec.name(), e.getMessage());
        }
    }

    private void fullPass() {
        inbox.mailbox().offer(new NodeEvent.FullPass()); // a full mailbox has better things to do
        time.after(FULL_PASS, this::fullPass);
    }

    private void handle(NodeEvent event) {
        NodeState before = state;
        Reconciliation.Step step = Reconciliation.decide(before, event, time.now(), jitter);
        state = step.next();
        try {
            neighbours.tell(event, before, step.next(), step.effects());
        } catch (RuntimeException e) { // what was decided is done all the same
            LOG.error("cannot tell the neighbours: event={}", event.getClass().getSimpleName(), e);
        }
        step.effects().forEach(effects::carryOut);
        begun.countDown();
    }

    @Override
    public Plan plan(AppSpec spec) {
        return Planning.of(state, spec);
    }

    @Override
    public Plan apply(ManifestSource source, AppSpec spec) {
        return acting(() -> {
            Plan plan = Planning.of(state, spec);
            App old = declared.get(spec.name());
            App app = old == null ? new App(spec, source, time.wall(), Set.of()) : old.declaredAs(spec, source, time.wall());
            Map<InstanceId, Integer> given = ports.give(spec);
            desired.save(app);
            declared.put(spec.name(), app);
            unreadable.remove(spec.name().value());
            journal.append(spec.name().value(), "apply", plan.changes().isEmpty() ? "nothing changes" : plan.changes().size()
                    + " changes, from " + source.file(), facts(plan));
            inbox.post(new NodeEvent.Declared(app, given));
            return plan;
        });
    }

    private static Map<String, String> facts(Plan plan) {
        var facts = new LinkedHashMap<String, String>();
        for (PlannedChange change : plan.changes().subList(0, Math.min(plan.changes().size(), MOST_FACTS))) {
            facts.put("change." + (facts.size() + 1), change.action().name().toLowerCase(Locale.ROOT) + " " + change.subject() + ": "
                    + change.reason());
        }
        return facts;
    }

    @Override
    public void down(AppName app) {
        acting(() -> {
            require(app);
            desired.remove(app);
            declared.remove(app);
            ports.release(app);
            journal.append(app.value(), "down", "a user asked for it", Map.of());
            inbox.post(new NodeEvent.Dropped(app));
            return app;
        });
    }

    @Override
    public void start(Selector selector) {
        act(selector, "start", app -> app.starting(selector), app -> new NodeEvent.StartAsked(app, selector));
    }

    @Override
    public void stop(Selector selector) {
        act(selector, "stop", app -> app.stopping(selector), app -> new NodeEvent.Declared(app, Map.of()));
    }

    @Override
    public void restart(Selector selector) {
        act(selector, "restart", app -> app.starting(selector), app -> new NodeEvent.RestartAsked(app, selector));
    }

    private void act(Selector selector, String what, Function<App, App> change, Function<App, NodeEvent> event) {
        acting(() -> {
            App app = change.apply(require(selector));
            desired.save(app);
            declared.put(app.spec().name(), app);
            journal.append(selector.toString(), what, "a user asked for it", Map.of());
            inbox.post(event.apply(app));
            return app;
        });
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

    private <T> T acting(Supplier<T> act) {
        acts.lock();
        try {
            return act.get();
        } finally {
            acts.unlock();
        }
    }

    private App require(AppName name) {
        App app = declared.get(name);
        if (app == null && unreadable.containsKey(name.value())) {
            throw new Failure(Failure.Kind.CONFLICT, "cannot act on app '" + name
                    + "': its stored manifest cannot be read, apply it again: " + unreadable.get(name.value()));
        }
        if (app == null) {
            String known = declared.isEmpty() ? "no app is declared" : "declared are "
                    + String.join(", ", declared.keySet().stream().map(AppName::value).toList());
            throw new Failure(Failure.Kind.NOT_FOUND, "cannot find app '" + name + "': " + known);
        }
        return app;
    }

    private App require(Selector selector) {
        App app = require(selector.app());
        Optional<ServiceId> service = switch (selector) {
            case Selector.App _ -> Optional.empty();
            case Selector.Service(ServiceId id) -> Optional.of(id);
            case Selector.Instance(InstanceId id) -> Optional.of(id.service());
        };
        if (service.isPresent()) {
            Optional<ServiceSpec> spec = app.spec().service(service.get().service());
            if (spec.isEmpty()) {
                throw new Failure(Failure.Kind.NOT_FOUND, "cannot find service '" + service.get() + "': " + app.spec().name() + " has "
                        + String.join(", ", app.spec().services().stream().map(one -> one.name().value()).toList()));
            }
            if (selector instanceof Selector.Instance(InstanceId id) && id.number() > spec.get().replicas()) {
                throw new Failure(Failure.Kind.NOT_FOUND, "cannot find instance '" + id + "': " + service.get() + " has " + spec.get()
                        .replicas() + " replicas");
            }
        }
        return app;
    }

    @Override
    public Snapshot snapshot() {
        NodeState seen = state;
        var apps = new ArrayList<AppStatus>();
        for (App app : seen.apps().values()) {
            var logs = new TreeMap<String, Path>();
            seen.instances().keySet().stream().filter(id -> id.service().app().equals(app.spec().name()))
                    .forEach(id -> logs.put(id.toString(), effects.log(id)));
            apps.add(new AppStatus(app.spec(), app.source(), app.appliedAt(), logs));
        }
        List<InstanceStatus> instances = seen.instances().entrySet().stream().map(entry -> status(seen, entry.getKey(), entry.getValue()))
                .toList();
        return new Snapshot(apps, instances);
    }

    private static InstanceStatus status(NodeState seen, InstanceId id, Instance instance) {
        OptionalLong pid = instance.live().map(live -> OptionalLong.of(live.run().pid())).orElse(OptionalLong.empty());
        int port = seen.port(id);
        Optional<Address> address = port == 0 ? Optional.empty() : Optional.of(Address.loopback(port));
        return new InstanceStatus(id, seen.surroundings().facts().name(), instance.shown(), pid, address, instance.restarts(),
                instance.since(), instance.reason());
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
