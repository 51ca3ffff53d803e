package reeve;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import reeve.base.Logging;
import reeve.base.PrivateFiles;
import reeve.base.command.Detached;
import reeve.base.http.HttpTarget;
import reeve.base.http.UnixListener;
import reeve.base.os.Courier;
import reeve.base.os.Notify;
import reeve.base.os.OpenListener;
import reeve.declare.settings.Listener;
import reeve.declare.settings.Machine;
import reeve.declare.settings.Settings;
import reeve.declare.settings.SettingsReader;
import reeve.declare.settings.SettingsText;
import reeve.declare.yaml.Node;
import reeve.declare.yaml.Place;
import reeve.front.cli.NodeServer;
import reeve.model.Address;
import reeve.model.Failure;
import reeve.model.ManifestSource;
import reeve.store.StoreException;

/// What `reeve up` and `reeve check` do on this machine: reads the configuration, takes the socket, builds the node.
final class NodeUp implements NodeServer {
    private static final Duration TAKES = Duration.ofSeconds(20);
    /// Said by the service manager to one process, not to whom that starts (sd_watchdog_enabled(3), sd_listen_fds(3)).
    private static final Set<String> MEANT_FOR_THIS_PROCESS = Set.of("WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES");

    private final Machine machine;
    private final String version;
    private final boolean onTerminal;
    private final Optional<String> launcher;

    /// @param onTerminal whether people read what the node logs as it happens
    /// @param launcher   the script that starts Reeve, where there is one
    NodeUp(Machine machine, String version, boolean onTerminal, Optional<String> launcher) {
        this.machine = machine;
        this.version = version;
        this.onTerminal = onTerminal;
        this.launcher = launcher;
    }

    @Override
    public Place place(UpOptions options) {
        Path file = options.config().orElse(machine.configuration());
        if (Files.exists(file) && SettingsReader.load(machine, options.config(), flags(options)) instanceof SettingsReader.Result.Read(
                Settings settings)) {
            return new Place(settings.state(), settings.socket());
        }
        // without a file there is nothing to read, and a short verb need not load what reads it
        Path state = options.state().orElse(machine.state());
        Optional<Path> variable = machine.variable("REEVE_SOCKET").map(path -> machine.workingDirectory().resolve(path).normalize());
        return new Place(state, options.socket().or(() -> variable).orElse(machine.socket(state)));
    }

    @Override
    public Started start(UpOptions options) {
        Supplier<SettingsReader.Result> reading = () -> SettingsReader.load(machine, options.config(), flags(options));
        Settings settings = switch (reading.get()) {
            case SettingsReader.Result.Read(Settings read) -> read;
            case SettingsReader.Result.Refused(List<String> errors) -> throw new Failure(Failure.Kind.INVALID, String.join("\n", errors));
        };
        Logging.setUp(System.err, onTerminal ? Logging.Style.TERMINAL : Logging.Style.FILE,
                options.background() ? System.Logger.Level.INFO : System.Logger.Level.WARNING);
        var start = new Wiring.Start(settings, reading, options.config().orElse(machine.configuration()), version,
                options.succeeds().isPresent());
        try {
            PrivateFiles.folder(settings.state());
            return options.succeeds().isPresent() ? succeed(start, options, options.succeeds().get()) : begin(start, options);
        } catch (StoreException e) {
            boolean taken = e.kind() == StoreException.Kind.TAKEN;
            throw new Failure(taken ? Failure.Kind.CONFLICT : Failure.Kind.UNAVAILABLE, "cannot start: " + e.getMessage() + (taken
                    ? "; one state folder serves one node: reach that one through its --socket, or give this one another --state" : ""), e);
        } catch (IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot start: " + e.getMessage(), e);
        }
    }

    private Started begin(Wiring.Start start, UpOptions options) throws IOException {
        Settings settings = start.settings();
        return switch (UnixListener.listen(settings.socket())) {
            case UnixListener.AlreadyServed _ -> new Started.AlreadyServed();
            case UnixListener.Listening(var channel, var _) -> {
                try {
                    TakenSockets passed = passed();
                    if (!passed.has(TakenSockets.HTTP)) {
                        Listening.refuseTaken(settings.http());
                    }
                    Optional<Listening> admin = Listening.taken(passed, settings.admin());
                    var doors = new Wiring.Doors(OpenListener.of(channel), admin.isPresent() ? admin : Listening.on(settings.admin()));
                    yield serving(new RunningNode(start, doors, plane(settings, passed), launch(options)));
                } catch (IOException | RuntimeException e) {
                    channel.close();
                    throw e;
                }
            }
        };
    }

    /// In the place of a node that runs: on its sockets, and with its state folder as soon as it lets go of it.
    private Started succeed(Wiring.Start start, UpOptions options, Path door) throws IOException {
        try (var predecessor = new HandOver(Courier.connect(door))) {
            try {
                TakenSockets sockets = predecessor.ask(TAKES);
                Settings settings = start.settings();
                var any = new Listener(Address.loopback(0), true);
                var owner = OpenListener.take(sockets.take(TakenSockets.OWNER, any)
                        .orElseThrow(() -> new IOException("cannot take over: the predecessor has no socket for its owner")).descriptor());
                Optional<Listening> taken = Listening.taken(sockets, settings.admin());
                var doors = new Wiring.Doors(owner, taken.isPresent() ? taken : Listening.on(settings.admin()));
                refuseTaken(settings, sockets);
                DataPlane data = plane(settings, sockets);
                predecessor.prepared(TAKES);
                var node = new RunningNode(start, doors, data, launch(options));
                if (!data.proxy().serveTaken(TAKES)) {
                    throw new IOException("cannot take over: the proxy does not listen: " + data.proxy().notes());
                }
                node.expectPredecessor();
                predecessor.up();
                sockets.close();
                return serving(node);
            } catch (IOException | RuntimeException e) {
                predecessor.failed(String.valueOf(e.getMessage()));
                throw e;
            }
        }
    }

    private DataPlane plane(Settings settings, TakenSockets sockets) {
        return new DataPlane(settings, sockets, settings.proxy().changes().sharedPort(), settings.accessLog(), version);
    }

    private TakenSockets passed() throws IOException {
        return TakenSockets.passed(machine.variables(), ProcessHandle.current().pid());
    }

    @Override
    public boolean isNode(long pid) {
        return serviceManager().send("MAINPID=" + pid + "\nREADY=1");
    }

    @Override
    public Node proxy(ProxyOptions options) {
        var flags = new LinkedHashMap<String, String>();
        options.http().ifPresent(address -> flags.put("--http", address.toString()));
        Settings settings = switch (SettingsReader.load(machine, options.config(), flags)) {
            case SettingsReader.Result.Read(Settings read) -> read;
            case SettingsReader.Result.Refused(List<String> errors) -> throw new Failure(Failure.Kind.INVALID, String.join("\n", errors));
        };
        Logging.setUp(System.err, onTerminal ? Logging.Style.TERMINAL : Logging.Style.FILE, System.Logger.Level.INFO);
        try {
            Optional<String> token = options.tokenFile().isEmpty() ? Optional.empty()
                    : Optional.of(Files.readString(options.tokenFile().get()).strip());
            String name = options.name().orElseGet(() -> Main.hostName() + "-" + ProcessHandle.current().pid());
            var proxy = new LoneProxy(settings, passed(), version, options.node().map(NodeUp::target)
                    .orElseGet(() -> new HttpTarget.Unix(settings.socket())), token, name);
            serviceManager().send("READY=1");
            return proxy;
        } catch (IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot start a proxy: " + e.getMessage(), e);
        }
    }

    private static HttpTarget target(String node) {
        if (!node.startsWith("http://")) {
            return new HttpTarget.Unix(Path.of(node).toAbsolutePath());
        }
        Address address = Address.parse(node.substring("http://".length()).replaceFirst("/$", ""));
        return new HttpTarget.Tcp(new InetSocketAddress(address.host(), address.port()));
    }

    @Override
    public String proxyConfiguration() {
        return """
                # A proxy alone reads these settings of a node's configuration, and no others; all may be absent. See docs/configuration.md.
                #http: 127.0.0.1:8080                 # where it listens; several proxies may listen on the same address
                #https: 127.0.0.1:8443
                #tls: { certificates: [ { certificate: /etc/reeve/tls/wiki.pem, key: /etc/reeve/tls/wiki.key } ] }
                #access_log: /var/log/reeve-proxy.log  # none in a node's state folder
                #proxy: { connect_timeout: 5s, response_timeout: 1m, idle_timeout: 1m15s, held_requests: 20000 }
                # Which node feeds it: reeve proxy --node /run/reeve/reeve.sock, or --node http://ADDR:PORT --token-file FILE
                """;
    }

    /// What is to be bound anew must be free: once the proxy takes connections, nothing is left that could keep the node from coming up.
    private static void refuseTaken(Settings settings, TakenSockets sockets) throws IOException {
        if (!sockets.serves(TakenSockets.HTTP, settings.http())) {
            Listening.refuseTaken(settings.http());
        }
        Optional<Listener> https = settings.tls().https();
        if (https.isPresent() && !sockets.serves(TakenSockets.HTTPS, https.get())) {
            Listening.refuseTaken(https.get());
        }
    }

    private Started serving(RunningNode node) {
        serviceManager().send("READY=1");
        return new Started.Serving(node);
    }

    private RunningNode.Launch launch(UpOptions options) {
        return new RunningNode.Launch() {
            @Override
            public long successor(Path door) throws IOException {
                var words = new ArrayList<>(program());
                words.addAll(options.succeeding(door).arguments());
                return Detached.startOrphan(words, MEANT_FOR_THIS_PROCESS);
            }

            @Override
            public Notify manager() {
                return serviceManager();
            }

            @Override
            public boolean followed() {
                return !options.background() && options.succeeds().isEmpty() && serviceManager().socket().isEmpty();
            }
        };
    }

    private static Map<String, String> flags(UpOptions options) {
        var flags = new LinkedHashMap<String, String>();
        options.http().ifPresent(address -> flags.put("--http", address.toString()));
        options.admin().ifPresent(address -> flags.put("--admin", address.toString()));
        options.state().ifPresent(folder -> flags.put("--state", folder.toString()));
        options.socket().ifPresent(path -> flags.put("--socket", path.toString()));
        return flags;
    }

    /// Whoever started this node and waits for its word, as systemd does for units of `Type=notify`.
    private Notify serviceManager() {
        return new Notify(machine.variables().getOrDefault("NOTIFY_SOCKET", ""));
    }

    @Override
    public Background startInBackground(List<String> arguments, Path log) {
        var words = new ArrayList<>(program());
        words.addAll(arguments);
        try {
            Detached detached = Detached.start(words, log);
            return new Background() {
                @Override
                public long pid() {
                    return detached.pid();
                }

                @Override
                public boolean alive() {
                    return detached.alive();
                }

                @Override
                public int exitCode() {
                    return detached.exitCode();
                }
            };
        } catch (IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot start Reeve in the background: " + e.getMessage(), e);
        }
    }

    /// How this very program is started again: by its launcher, or as this JVM was.
    private List<String> program() {
        if (launcher.isPresent()) {
            return List.of(launcher.get());
        }
        var words = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        words.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        return words;
    }

    @Override
    public String configuration() {
        return SettingsText.configuration(machine);
    }

    @Override
    public List<String> check(Optional<Path> config, List<ManifestSource> manifests) {
        return new NodeCheck(machine).check(config, manifests);
    }
}
