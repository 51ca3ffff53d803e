package reeve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import reeve.base.Closer;
import reeve.base.Counters;
import reeve.base.Jitter;
import reeve.base.PrivateFiles;
import reeve.base.SystemTime;
import reeve.base.command.PassedThrough;
import reeve.base.http.HttpServer;
import reeve.base.http.HttpTarget;
import reeve.base.http.ServerLimits;
import reeve.base.journal.FileJournal;
import reeve.base.metrics.Metrics;
import reeve.base.os.OpenListener;
import reeve.base.os.Watchdog;
import reeve.base.secret.Secret;
import reeve.base.secret.Vault;
import reeve.declare.catalogue.Catalogue;
import reeve.declare.manifest.ManifestReader;
import reeve.declare.settings.Settings;
import reeve.declare.settings.SettingsReader;
import reeve.front.api.Api;
import reeve.front.api.ApiParts;
import reeve.front.api.Guard;
import reeve.front.api.Restarts;
import reeve.front.api.SleepDesk;
import reeve.front.api.StatusPage;
import reeve.front.client.ReeveClient;
import reeve.front.dashboard.Dashboard;
import reeve.front.webhook.Webhooks;
import reeve.model.Address;
import reeve.model.NodeFacts;
import reeve.model.Secrets;
import reeve.run.boot.Boot;
import reeve.run.boot.Stage;
import reeve.run.companion.Companions;
import reeve.run.container.ContainerRuntime;
import reeve.run.container.ContainerSettings;
import reeve.run.install.Installs;
import reeve.run.install.Removals;
import reeve.run.probe.Probes;
import reeve.run.process.ProcessDriver;
import reeve.run.reconcile.NodeInbox;
import reeve.run.reconcile.Reconciler;
import reeve.run.reconcile.SecretTexts;
import reeve.run.supervise.Drivers;
import reeve.serve.certificate.Certificates;
import reeve.serve.feed.Feed;
import reeve.serve.feed.Leases;
import reeve.serve.proxy.ProxyTraffic;
import reeve.serve.route.RouteSources;
import reeve.sleep.SleepInbox;
import reeve.sleep.SleepSettings;
import reeve.sleep.Sleeper;
import reeve.store.Store;
import reeve.store.embedded.EmbeddedStore;

/// A node's control plane around its data plane: every room built once, in the order of the text, and closed in reverse. Nothing runs
/// before all is built; then what ran before is adopted, and only then does the node answer.
final class Wiring implements AutoCloseable {
    /// From the first moment of a successor until its predecessor knows that it is there.
    private static final Duration TAKES_OVER = Duration.ofMinutes(2);
    private static final Duration PAGE_PATIENCE = Duration.ofSeconds(5);

    private final Closer rooms = new Closer();
    private volatile boolean yields;
    private BiConsumer<String, String> log = (_, _) -> {};
    private Runnable expect = () -> {};

    /// How a node is started.
    /// @param reading reads the configuration again, as it was read for `settings`
    /// @param succeeds whether another Reeve served until now, and still has connections
    record Start(Settings settings, Supplier<SettingsReader.Result> reading, Path configuration, String version, boolean succeeds) {}

    /// Where people arrive: bound already, so that no second node can be built beside this one.
    /// @param owner where the owner's verbs arrive
    record Doors(OpenListener owner, Optional<Listening> admin) {}

    /// What can be asked of the node as a whole. Both return at once, so that who asked can still be answered.
    interface Whole {
        void shutdown();

        /// @throws reeve.model.Failure where another one is under way
        void upgrade();

        /// Whether it has taken over all that it takes over.
        boolean ready();
    }

    /// @param data outlives this where it yields; is closed with it where it does not
    Wiring(Start start, Doors doors, DataPlane data, Whole whole) throws IOException {
        try {
            build(start, doors, data, whole);
        } catch (IOException | RuntimeException e) {
            letGo();
            throw e;
        }
    }

    private void build(Start start, Doors doors, DataPlane data, Whole whole) throws IOException {
        Settings settings = start.settings();
        String version = start.version();
        // what everything stands on
        var time = rooms.register(new SystemTime());
        Jitter jitter = Jitter.system();
        Path state = settings.state();
        PrivateFiles.folder(state);
        Store store = rooms.register(EmbeddedStore.open(state.resolve("store.db"), time)); // first: it claims the state folder
        var journal = rooms.register(FileJournal.open(state, time));
        log = (what, why) -> journal.append(settings.name().value(), what, why, Map.of());
        Secret token = Secret.token(state.resolve("token"));
        Secret metricsToken = Secret.token(state.resolve("metrics-token"));
        var metrics = new Metrics(NodeMetrics.all(settings.orchestratorLabel()));
        Counters counters = NodeMetrics.withOrchestratorNames(metrics, settings.orchestratorLabel());

        Map<String, String> inherited = PassedThrough.from(System.getenv());

        // what is declared
        var manifests = new ManifestReader();
        var values = new Values();
        NodeFacts facts = settings.facts(values);

        // inboxes first: rooms that talk to each other are built around them
        var sleepSettings = new SleepSettings(settings.proxy().heldRequestsPerService(), settings.proxy().heldRequests());
        var sleepInbox = new SleepInbox(sleepSettings);
        var nodeInbox = rooms.register(new NodeInbox());

        // what runs
        var podman = new ContainerRuntime(state,
                new ContainerSettings(settings.podman().socket(), settings.podman().program(), settings.podman().authFile()),
                System.getenv(), time);
        var processes = new ProcessDriver(state, inherited, time, nodeInbox);
        var driver = rooms.register(new Drivers(processes, podman::driver, nodeInbox));
        RouteSources routes = data.routes();
        var vault = new Vault(state);
        var drains = new RequestDrains(routes, data.proxy()::settle, time);
        var reconciler = rooms.register(new Reconciler(
                new Reconciler.Parts(nodeInbox, driver, store, store, source -> Manifests.read(manifests, source), texts(vault),
                        new Probes(time, inherited), journal, counters, routes, drains,
                        sleepInbox, state.resolve("logs"), System.getProperty("java.home"), time, jitter),
                facts));

        // when it may sleep
        ProxyTraffic traffic = data.traffic();
        String run = ProcessHandle.current().pid() + "-" + time.wall().toEpochMilli();
        var marker = new ProxyMarker(state.resolve("proxies"));
        Duration expected = start.succeeds() ? TAKES_OVER : marker.isThere() ? Leases.DEFAULT.node() : Duration.ZERO;
        var feed = new Feed(run, traffic, sleepInbox, new FeedSource(routes::table, reconciler.apps())::rows, expected, marker::set,
                Leases.DEFAULT, time);
        drains.alsoOf(feed);
        expect = feed::expect;
        var sleeper = rooms.register(new Sleeper(sleepInbox, feed, nodeInbox,
                NodeMetrics.counted((service, what, why, known) -> journal.append(service.toString(), what, why, known), counters), time,
                sleepSettings));

        // what is served
        var certificates = rooms.register(new Certificates(settings.tls().certificates(),
                (what, why, known) -> journal.append(settings.name().value(), what, why, known), time));
        ProxyOnDemand proxy = data.proxy();
        rooms.register(() -> {
            if (yields) {
                data.leave();
            } else {
                data.close();
            }
        });

        // what is installed
        var removals = new Removals(store, reconciler.apps(), podman::removeVolume, journal);
        var installs = new Installs(new Catalogue(settings.catalogue()), store, reconciler.apps(),
                source -> Manifests.read(manifests, source), removals, journal);

        var images = new ImagePruning(reconciler.apps()::services, podman::pruneImages, time);

        // what systemd runs for it
        var companions = Companions.of(companionUser(), Path.of(System.getProperty("user.home")), state, companionEnvironment(inherited),
                settings.name(), reconciler::companionsSeen, journal, time);

        // when it begins to act
        var again = new AtomicReference<Runnable>(() -> {}); // a stage may ask for another pass
        var boot = rooms.register(new Boot(new Recovery(store, settings.bootWaitsFor(), inherited),
                List.of(new Stage("catalogue", installs::pass), new Stage("apps", reconciler::pass),
                        new Stage("removals", removals::pass),
                        new Stage("companions", () -> companions.pass(reconciler.companions(), () -> again.get().run())),
                        new Stage("images", images::pass)), time));

        // people
        var watch = rooms.register(
                new ConfigurationWatch(start.configuration(), start.reading(), settings, facts, values, reconciler::factsChanged,
                        next -> certificates.follow(next.tls().certificates()), journal, time));
        var restarts = rooms.register(new Restarts(journal));
        NodeMetrics.show(metrics, settings, version,
                new NodeMetrics.Read(reconciler.apps(), sleepInbox, nodeInbox, traffic, routes::table, certificates, journal,
                        processes::refusedSignals, proxy::droppedLines, data.traces(), time));
        Optional<Listening> admin = doors.admin();
        Supplier<Optional<Address>> adminAddress = () -> admin.map(Listening::address);
        var client = new ReeveClient(new HttpTarget.Unix(settings.socket()), Optional.empty(), PAGE_PATIENCE, time);
        var webhooks = rooms.register(
                new Webhooks(settings.webhooks(), settings.name(), adminAddress, journal, counters, time, jitter));
        var parts = new ApiParts(settings.name(), watch::facts, version, reconciler.apps(), installs, manifests, routes::table,
                routes::conflicts, routes::inFlight, SleepDesk.of(sleepInbox), feed, journal, restarts,
                () -> NodeCertificates.rows(certificates.statuses()),
                proxy::address,
                adminAddress, whole::ready,
                () -> Stream.of(boot.waitsFor().stream(), proxy.notes().stream(), admin.flatMap(Listening::note).stream(),
                        certificates.notes().stream()).flatMap(notes -> notes).toList(),
                metrics::text, whole::shutdown, whole::upgrade, page(new Dashboard(client, time)), time);
        var api = new Api(parts, new Guard(token::matches, metricsToken::matches, owner(), Set.of(settings.name().value())));

        // and now it lives
        certificates.start();
        data.join(certificates, sleepInbox, reconciler::proxyListens, feed::changed);
        webhooks.start();
        if (settings.bootWaitsFor().isPresent()) {
            reconciler.adopt("Reeve waits until this machine has recovered (boot.wait_for)");
        } else {
            reconciler.start();
        }
        sleeper.start();
        watch.start();
        again.set(boot::ask);
        reconciler.onPassWanted(boot::ask);
        boot.start();
        rooms.register(new Watchdog(System.getenv(), time, reconciler::answers));
        rooms.register(HttpServer.start(doors.owner().channel(), ServerLimits.DEFAULT, time, api));
        admin.ifPresent(listening -> rooms.register(HttpServer.start(listening.socket().channel(), ServerLimits.DEFAULT, time, api)));
        restarts.recall();
        journal.append(settings.name().value(), "up", "Reeve " + version + " started",
                Map.of("pid", String.valueOf(ProcessHandle.current().pid())));
    }

    private static SecretTexts texts(Vault vault) {
        return new SecretTexts() {
            @Override
            public String reveal(Secrets.Source source) {
                return vault.reveal(source);
            }

            @Override
            public String fingerprint(byte[] content) {
                return vault.fingerprint(content);
            }
        };
    }

    /// Who runs Reeve; empty for root, whose companions are the machine's.
    private static Optional<String> companionUser() {
        return Optional.of(System.getProperty("user.name")).filter(name -> !name.equals("root"));
    }

    /// A user's own systemd is reached through the folder that login sessions share (pam_systemd(8)); a service of the machine that runs
    /// as that user is not told where it is.
    private static Map<String, String> companionEnvironment(Map<String, String> inherited) throws IOException {
        var environment = new HashMap<>(inherited);
        String usual = "/run/user/" + Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        environment.put("XDG_RUNTIME_DIR", System.getenv().getOrDefault("XDG_RUNTIME_DIR", usual));
        return environment;
    }

    private static StatusPage page(Dashboard dashboard) {
        return new StatusPage() {
            @Override
            public Html html() {
                return new Html(dashboard.html(), Dashboard.contentSecurityPolicy());
            }

            @Override
            public String text() {
                return dashboard.text();
            }
        };
    }

    /// The unix socket is for whoever runs this node, and for root.
    private static Predicate<UserPrincipal> owner() throws IOException {
        UserPrincipal own = Files.getOwner(Path.of("/proc/self")); // a user need not have a name
        return user -> user.getName().equals(own.getName()) || user.getName().equals("root");
    }

    /// The predecessor is told now that it is to report what is still open there.
    void expectPredecessor() {
        expect.run();
    }

    /// Writes down what happened to the node as a whole.
    void record(String what, String why) {
        log.accept(what, why);
    }

    /// Ends the control plane; services go on running, and the data plane goes on serving them.
    void letGo() {
        yields = true;
        rooms.close();
    }

    /// Services go on running.
    @Override
    public void close() {
        rooms.close();
    }
}
