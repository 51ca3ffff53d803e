package reeve.testing;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import reeve.base.Session;
import reeve.base.Time;
import reeve.base.journal.Journal;
import reeve.declare.catalogue.Catalogue;
import reeve.declare.manifest.ManifestReader;
import reeve.front.api.ApiParts;
import reeve.front.api.Restarts;
import reeve.front.api.SleepDesk;
import reeve.front.api.StatusPage;
import reeve.model.Address;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.InstanceStatus;
import reeve.model.Interaction;
import reeve.model.ManifestSource;
import reeve.model.NodeFacts;
import reeve.model.NodeName;
import reeve.model.Selector;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.model.SleepSpec;
import reeve.model.wire.CertificateRow;
import reeve.run.install.Installs;
import reeve.run.install.Removals;
import reeve.run.reconcile.Apps;
import reeve.serve.feed.Feed;
import reeve.serve.feed.Leases;
import reeve.serve.route.Route;
import reeve.serve.route.RouteSources;
import reeve.sleep.Asked;

/// The rooms behind the API, made of lists: apps run as soon as they are applied, and do at once what they are told.
public final class FakeNode implements Apps, Journal, SleepDesk, StatusPage {
    public static final Instant START = Instant.parse("2026-01-05T08:00:00Z");

    /// Whatever was asked that changes something.
    public final List<String> acts = new CopyOnWriteArrayList<>();
    /// Commands that somebody talked to.
    public final List<FakeSession> sessions = new CopyOnWriteArrayList<>();
    public final AtomicBoolean shutdown = new AtomicBoolean();
    public final AtomicBoolean ready = new AtomicBoolean(true);
    private final Map<AppName, AppStatus> apps = new TreeMap<>();
    private final Map<InstanceId, InstanceStatus> instances = new TreeMap<>();
    private final List<Entry> entries = new ArrayList<>();
    private final List<Consumer<Entry>> followers = new CopyOnWriteArrayList<>();
    private final RouteSources routes = new RouteSources(List.of("apps"));
    public volatile List<CertificateRow> certificates = List.of();
    public volatile String metrics = "# TYPE test_starts_total counter\ntest_starts_total{app=\"wiki\"} 1.0\n";
    private final Path logs;
    private int measured;
    /// What somebody who measures has to wait for.
    public volatile CountDownLatch measuring = new CountDownLatch(0);

    /// @param logs folder of the instances' logs
    public FakeNode(Path logs) {
        this.logs = logs;
    }

    public ApiParts parts(Time time) {
        return new ApiParts(new NodeName("here"),
                () -> new NodeFacts(new NodeName("here"), "cloud-engine", Map.of("rack", "r1"), Map.of(), Map.of()), "1.2.3", this,
                installs(time), new ManifestReader(), routes::table, routes::conflicts, routes::inFlight,
                this, feed(time), this, new Restarts(this), () -> certificates,
                () -> routes.table().entries().isEmpty() ? Optional.empty() : Optional.of(Address.loopback(8080)),
                () -> Optional.of(Address.loopback(9180)), ready::get, List::of, this::metrics, () -> shutdown.set(true),
                () -> acts.add("upgrade"), this, time);
    }

    private static Feed feed(Time time) {
        return new Feed("run", new FakeTraffic(time), (_, _) -> {}, Map::of, Duration.ZERO, _ -> {}, Leases.DEFAULT, time);
    }

    /// What the node tells Prometheus.
    public String metrics() {
        return metrics;
    }

    private Installs installs(Time time) {
        var store = new MemoryStore(time);
        var reader = new ManifestReader();
        return new Installs(new Catalogue(List.of(logs.resolveSibling("catalogue"))), store, this,
                source -> switch (reader.read(source)) {
                    case ManifestReader.Result.Read(AppSpec spec, var _) -> spec;
                    case ManifestReader.Result.Refused(var errors) -> throw new Failure(Failure.Kind.INVALID, errors.getFirst().toString());
                },
                new Removals(store, this, name -> acts.add("remove volume " + name), this), this);
    }

    public Path log(InstanceId id) {
        return logs.resolve(id.toString().replace('/', '.') + ".log");
    }

    public synchronized void put(InstanceId id, InstanceState state, String reason) {
        boolean runs = state == InstanceState.RUNNING || state == InstanceState.ASLEEP;
        InstanceStatus old = instances.get(id);
        instances.put(id, new InstanceStatus(id, new NodeName("here"), state, runs ? OptionalLong.of(1000L + id.number())
                : OptionalLong.empty(),
                Optional.of(Address.loopback(40_000 + id.number())), 0, START, reason));
        publish();
        append(id.toString(), state.word(), reason, old == null ? Map.of() : Map.of("before", old.state().word()));
    }

    private void publish() {
        var all = new ArrayList<Route>();
        for (AppStatus app : apps.values()) {
            for (ServiceSpec service : app.spec().services()) {
                var id = new ServiceId(app.spec().name(), service.name());
                List<Route.Target> targets = instances.values().stream().filter(instance -> instance.id().service().equals(id))
                        .map(instance -> new Route.Target(instance.id(), instance.address().orElseThrow(), instance.state(), 1)).toList();
                service.routes().forEach(route -> all.add(new Route(route, new Route.ToService(
                        id, service.sleep() instanceof SleepSpec.WhenIdle, new Route.Availability.Serving(), targets))));
            }
            app.spec().routes().forEach(route -> all.add(Route.of(route)));
        }
        routes.publish("apps", all);
    }

    @Override
    public synchronized boolean declares(AppName app) {
        return apps.containsKey(app);
    }

    @Override
    public synchronized boolean gone(AppName app) {
        return !apps.containsKey(app);
    }

    @Override
    public Plan plan(AppSpec spec) {
        return new Plan(spec.name(), spec.services().stream()
                .map(service -> new PlannedChange(spec.name() + "/" + service.name(), Action.START, "it is new")).toList());
    }

    @Override
    public synchronized Plan apply(ManifestSource source, AppSpec spec) {
        acts.add("apply " + spec.name() + " " + source.variables());
        var files = new TreeMap<String, Path>();
        for (ServiceSpec service : spec.services()) {
            for (int i = 1; i <= service.replicas(); i++) {
                InstanceId id = new ServiceId(spec.name(), service.name()).instance(i);
                files.put(id.toString(), log(id));
            }
        }
        apps.put(spec.name(), new AppStatus(spec, source, START, files, Map.of()));
        files.keySet().forEach(id -> put(InstanceId.parse(id), InstanceState.RUNNING, "started"));
        return plan(spec);
    }

    @Override
    public synchronized RolloutStatus deploy(ManifestSource source, AppSpec spec, Duration timeout) {
        apply(source, spec);
        acts.add("deploy " + spec.name() + " within " + timeout);
        return new RolloutStatus(spec.name(), 2, 1, RolloutState.ROLLING, "rolling", START);
    }

    @Override
    public synchronized RolloutStatus rollback(AppName app, OptionalInt revision, Duration timeout) {
        acts.add("rollback " + app + " to " + revision);
        return new RolloutStatus(app, 3, 2, RolloutState.ROLLING, "rolling", START);
    }

    @Override
    public synchronized Optional<RolloutStatus> rollout(AppName app) {
        return apps.containsKey(app) ? Optional.of(new RolloutStatus(app, 2, 1, RolloutState.DEPLOYED, "revision 2 is up", START))
                : Optional.empty();
    }

    @Override
    public synchronized Set<ServiceId> services() {
        return snapshot().apps().stream().flatMap(app -> app.spec().services().stream()
                .map(service -> new ServiceId(app.spec().name(), service.name()))).collect(Collectors.toSet());
    }

    @Override
    public synchronized List<RevisionStatus> revisions(AppName app) {
        return List.of(new RevisionStatus(1, Path.of("/srv/reeve.yaml"), START, false, Optional.empty()),
                new RevisionStatus(2, Path.of("/srv/reeve.yaml"), START, true, Optional.empty()));
    }

    @Override
    public synchronized void down(AppName app) {
        acts.add("down " + app);
        if (apps.remove(app) == null) {
            throw new Failure(Failure.Kind.NOT_FOUND, "cannot find app '" + app + "': it is not declared on this node");
        }
        instances.keySet().removeIf(id -> id.service().app().equals(app));
        publish();
    }

    @Override
    public void start(Selector selector) {
        act("start", selector, InstanceState.RUNNING);
    }

    @Override
    public void stop(Selector selector) {
        act("stop", selector, InstanceState.STOPPED);
    }

    @Override
    public void restart(Selector selector) {
        act("restart", selector, InstanceState.RUNNING);
    }

    @Override
    public void drain(InstanceId id) {
        acts.add("drain " + id);
    }

    @Override
    public void undrain(InstanceId id) {
        acts.add("undrain " + id);
    }

    @Override
    public void maintain(Selector selector, String message) {
        acts.add("maintain " + selector + ": " + message);
    }

    @Override
    public void endMaintenance(Selector selector) {
        acts.add("end maintenance " + selector);
    }

    @Override
    public synchronized void scale(ServiceId service, int replicas) {
        acts.add("scale " + service + " " + replicas);
        AppStatus app = apps.get(service.app());
        int declared = app.spec().service(service.service()).orElseThrow().replicas();
        apps.put(service.app(), new AppStatus(app.spec(), app.source(), START, app.logs(),
                Map.of(service.service(), new Scale(replicas, declared))));
        instances.keySet().removeIf(id -> id.service().equals(service) && id.number() > replicas);
        for (int number = 1; number <= replicas; number++) {
            put(service.instance(number), InstanceState.RUNNING, "started");
        }
    }

    /// Each instance used twice as much as the one before it, and a tenth of a second more each time it is asked.
    @Override
    public Map<InstanceId, Usage> usage(Predicate<InstanceId> wanted) {
        try {
            measuring.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return used(wanted);
    }

    /// How often it was measured.
    public synchronized int measured() {
        return measured;
    }

    private synchronized Map<InstanceId, Usage> used(Predicate<InstanceId> wanted) {
        measured++;
        var usage = new TreeMap<InstanceId, Usage>();
        instances.values().stream().filter(one -> one.state() == InstanceState.RUNNING && wanted.test(one.id())).forEach(one ->
                usage.put(one.id(), new Usage(3L << (19 + usage.size()), Duration.ofMillis(100L * measured), 1 + usage.size())));
        return usage;
    }

    @Override
    public Session once(ServiceId service, Copy copy) {
        acts.add("run " + service + " " + copy.command());
        List<String> command = copy.command().isEmpty() ? List.of("echo", "its own command") : copy.command();
        var session = new FakeSession(new Interaction(command, copy.environment(), copy.terminal()));
        sessions.add(session);
        return session;
    }

    @Override
    public Session exec(InstanceId id, Interaction interaction) {
        acts.add("exec " + id + " " + String.join(" ", interaction.command()));
        if (snapshot().instances().stream().noneMatch(one -> one.id().equals(id) && one.state() == InstanceState.RUNNING)) {
            throw new Failure(Failure.Kind.CONFLICT, "cannot run a command in " + id + ": it does not run");
        }
        var session = new FakeSession(interaction);
        sessions.add(session);
        return session;
    }

    private synchronized void act(String verb, Selector selector, InstanceState state) {
        acts.add(verb + " " + selector);
        List.copyOf(instances.keySet()).stream().filter(selector::covers).forEach(id -> put(id, state, "a user asked"));
    }

    @Override
    public synchronized Snapshot snapshot() {
        return new Snapshot(List.copyOf(apps.values()), List.copyOf(instances.values()));
    }

    @Override
    public Asked askSleep(ServiceId service) {
        acts.add("sleep " + service);
        return new Asked.Refused("2 requests are open");
    }

    @Override
    public Asked askWake(ServiceId service, String why) {
        acts.add("wake " + service);
        return new Asked.Accepted();
    }

    @Override
    public Optional<String> status(ServiceId service) {
        return snapshot().app(service.app()).flatMap(app -> app.spec().service(service.service()))
                .filter(spec -> spec.sleep() instanceof SleepSpec.WhenIdle).map(_ -> "awake, idle for 3s of 10s");
    }

    @Override
    public Html html() {
        return new Html("<!doctype html><title>page</title>", "default-src 'none'");
    }

    @Override
    public String text() {
        return "page\n";
    }

    @Override
    public synchronized Entry append(String subject, String what, String why, Map<String, String> facts) {
        var entry = new Entry(entries.size() + 1L, START.plusSeconds(entries.size()), subject, what, why, facts);
        entries.add(entry);
        followers.forEach(follower -> follower.accept(entry));
        return entry;
    }

    @Override
    public synchronized List<Entry> read(Predicate<Entry> filter, int limit) {
        List<Entry> found = entries.stream().filter(filter).toList();
        return found.subList(Math.max(0, found.size() - limit), found.size());
    }

    @Override
    public AutoCloseable follow(Consumer<Entry> listener) {
        followers.add(listener);
        return () -> followers.remove(listener);
    }

    @Override
    public void close() {
        followers.clear();
    }
}
