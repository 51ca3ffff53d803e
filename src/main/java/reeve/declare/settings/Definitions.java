package reeve.declare.settings;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.base.DurationText;
import reeve.model.Address;
import reeve.model.AddressRange;
import reeve.model.CertificateFiles;
import reeve.model.NodeName;
import reeve.model.Webhook;

/// Every setting of a node, in the order in which they are explained.
public final class Definitions {
    static final Setting<NodeName> NAME = Setting.of("name", "NAME",
            (value, _) -> value.text(NodeName::new), (machine, _) -> hostName(machine), "the host name",
            "The node's name in the fleet, in `ps` and in `${node.name}`.");
    static final Setting<String> CLASS = Setting.of("class", "NAME",
            (value, _) -> value.text(), (_, _) -> "", "none",
            "What sort of machine this is; manifests choose by it with `only_on: {class: …}` and read it as `${node.class}`.")
            .withExample("web");
    static final Setting<Map<String, String>> LABELS = Setting.of("labels", "{NAME: TEXT, …}",
            Readings::texts, (_, _) -> Map.of(), "none",
            "More facts about the machine, for `only_on: {labels: …}` and `${node.labels.NAME}`.").withExample("{ rack: r1 }");
    static final Setting<Map<String, Boolean>> FEATURES = Setting.of("features", "{NAME: true or false, …}",
            Readings::truths, (_, _) -> Map.of(), "none",
            "Switches that manifests ask with `enabled: \"${features.NAME}\"`.").withExample("{ gateway: true }");
    static final Setting<Map<String, ValueSource>> VALUES =
            Setting.of("values", "{NAME: TEXT or {file: PATH} or {command: [PROGRAM, …]}, …}",
            Readings::values, (_, _) -> Map.of(), "none",
            "Texts that manifests use as `${values.NAME}`. A value that is missing stops what needs it; "
                    + "one that cannot be found out just now changes nothing.")
            .withExample("{ domain: example.org, token: { file: /etc/reeve/token } }");
    static final Setting<Listener> HTTP = Setting.of("http", "ADDRESS:PORT",
            Readings::listener, (_, _) -> new Listener(Address.loopback(8080), true), "127.0.0.1:8080, or the next free port",
            "Where the proxy listens. Bound only while there is a route.").withFlag("--http").withExample("127.0.0.1:8080");
    static final Setting<Optional<Listener>> HTTPS = Setting.<Optional<Listener>>of("https", "ADDRESS:PORT",
            (value, folder) -> Readings.listener(value, folder).map(Optional::of), (_, _) -> Optional.empty(), "off",
            "Where the proxy listens for TLS; see [TLS](tls.md). Bound only while there is a route.")
            .withExample("0.0.0.0:443");
    static final Setting<List<CertificateFiles>> CERTIFICATES = Setting.of("certificates", "[{certificate: PATH, key: PATH}, …]",
            Readings::certificates, (_, _) -> List.of(), "none",
            "The certificates of `https` and their private keys, as PEM. Changed files, and another list, are taken over by "
                    + "themselves. The first also answers clients that name no host.")
            .withExample("[ { certificate: /etc/reeve/example.org.pem, key: /etc/reeve/example.org.key } ]");
    static final Setting<Boolean> TLS_REDIRECT = Setting.of("tls.redirect", "true or false",
            (value, _) -> value.truth(), (_, _) -> true, "true",
            "Whether requests to `http` for a host that has a certificate are sent to `https`.");
    static final Setting<Optional<Duration>> TLS_HSTS = Setting.<Optional<Duration>>of("tls.hsts", "DURATION or off",
            Readings::hsts, (_, _) -> Optional.empty(), "off",
            "How long browsers are told to reach a host over TLS only, with every answer of `https`.").withExample("4320h");
    static final Setting<Listener> ADMIN = Setting.of("admin", "ADDRESS:PORT",
            Readings::listener, (_, _) -> new Listener(Address.loopback(9080), true), "127.0.0.1:9080, or the next free port",
            "Where the status page and the API listen.").withFlag("--admin").withExample("127.0.0.1:9080");
    static final Setting<Path> STATE = Setting.of("state", "DIRECTORY",
            Readings::path, (machine, _) -> machine.state(),
            "/var/lib/reeve; for a user $XDG_STATE_HOME/reeve or ~/.local/state/reeve",
            "What must survive a restart, and the logs of services.").withFlag("--state");
    static final Setting<Path> SOCKET = Setting.of("socket", "PATH",
            Readings::path, Machine::socket,
            "/run/reeve/reeve.sock; for a user $XDG_RUNTIME_DIR/reeve/reeve.sock, or reeve.sock in the state folder",
            "The unix socket on which the verbs reach this node.").withFlag("--socket").withVariable("REEVE_SOCKET");
    static final Setting<AccessLog> ACCESS_LOG = Setting.of("access_log",
            "PATH or off or {file: PATH, format: FORMAT, headers: [NAME, …], size: SIZE, files: NUMBER, age: DURATION}",
            AccessLogReader::read, (_, state) -> new AccessLog.ToFile(state.resolve("access.log")), "access.log in the state folder",
            "The file to which the proxy adds a line for each request, and how; see [the edge](edge.md#access-log).");
    static final Setting<Duration> CONNECT_TIMEOUT = timeout("proxy.connect_timeout", Duration.ofSeconds(5),
            "How long an instance or backend has to accept a connection; then the answer is 504.");
    static final Setting<Duration> RESPONSE_TIMEOUT = timeout("proxy.response_timeout", Duration.ofSeconds(60),
            "How long it may take from the end of a request to the head of its response; then the answer is 504.");
    static final Setting<Duration> IDLE_TIMEOUT = timeout("proxy.idle_timeout", Duration.ofSeconds(75),
            "How long a client's connection stays open without a request.");
    static final Setting<Integer> CLIENT_CONNECTIONS = count("proxy.connections_per_client", 0,
            "How many connections one client may have open, an IPv4 address or 64 bits of an IPv6 address; 0 for any number. More are "
                    + "answered 429, or closed before they shake hands. Those of `proxy.trusted` are not counted.");
    static final Setting<Integer> LEAST_RATE = count("proxy.min_rate", 240,
            "How many bytes a second a client must send of a body (then 408) and take of an answer that waits for it (then its connection "
                    + "is closed), on average of `proxy.min_rate_window`; with 0 a byte in each window is enough.");
    static final Setting<Duration> LEAST_RATE_WINDOW = timeout("proxy.min_rate_window", Duration.ofSeconds(60),
            "How long a client may be slower than `proxy.min_rate`, before it counts.");
    static final Setting<Integer> HELD_REQUESTS = count("proxy.held_requests", 20_000,
            "How many requests may wait for sleeping services to wake, at once; more are answered 503.");
    static final Setting<Integer> HELD_REQUESTS_PER_SERVICE = count("proxy.held_requests_per_service", 10_000,
            "The same for one service.");
    static final Setting<Integer> HTTP2_STREAMS = count("proxy.http2_streams", 100,
            "How many requests a client may have open at a time on one connection of HTTP/2; 0: HTTP/2 is not spoken to clients.");
    static final Setting<Duration> UPGRADE_GRACE = timeout("proxy.upgrade_grace", Duration.ofMinutes(10),
            "How long requests, streams and websockets that are open when a new Reeve takes over may go on in the old one.");
    static final Setting<List<AddressRange>> TRUSTED = Setting.of("proxy.trusted", "[ADDRESS or ADDRESS/BITS, …]",
            Readings::ranges, (_, _) -> List.of(), "none",
            "Proxies in front of this one. What they say in `X-Forwarded-*`, `Forwarded` and `X-Real-IP` is passed on and added to; what "
                    + "others say there is replaced.").withExample("[10.0.0.0/8, 'fd00::/8']");
    static final Setting<Boolean> PROXY_PROTOCOL = Setting.of("proxy.proxy_protocol", "true or false",
            (value, _) -> value.truth(), (_, _) -> false, "false",
            "Whether the trusted proxies begin each connection with a header of the PROXY protocol, version 1 or 2. All of them must then; "
                    + "of others it is not accepted.");
    static final Setting<Boolean> UNDERSCORES = Setting.of("proxy.underscores", "true or false",
            (value, _) -> value.truth(), (_, _) -> false, "false",
            "Whether header names with `_` reach services. Many programs take them for names with `-`, so that clients could say what only "
                    + "a proxy may.");
    static final Setting<Duration> REMOVED_GRACE = timeout("proxy.removed_grace", Duration.ofSeconds(30),
            "How long streams and websockets to a backend go on that no route leads to any more; those to others are not touched.");
    static final Setting<Boolean> SHARED_PORT = Setting.of("proxy.shared_port", "true or false",
            (value, _) -> value.truth(), (_, _) -> false, "false",
            "Whether proxies that run as processes of their own (`reeve proxy`) may listen on the same addresses beside this one.");
    static final Setting<Optional<String>> REQUEST_ID = Setting.of("proxy.request_id", "NAME or off",
            Readings::headerName, (_, _) -> Optional.empty(), "off",
            "The header that carries an id of each request to backends and back to clients; see [the edge](edge.md#request-ids).")
            .withExample("X-Request-Id");
    static final Setting<ProxyNotes.Believed> REQUEST_ID_FROM = Setting.of("proxy.request_id_from", "trusted, anybody or nobody",
            (value, _) -> value.word(ProxyNotes.Believed.ALL, ProxyNotes.Believed::word), (_, _) -> ProxyNotes.Believed.TRUSTED,
            "`trusted`", "Whose ids are kept: those of the `trusted` proxies, of all clients, or of nobody. Others get a new one.")
            .withExample("trusted");
    static final Setting<Boolean> TRACING = Setting.of("tracing.enabled", "true or false",
            (value, _) -> value.truth(), (_, _) -> false, "false",
            "Whether each request belongs to a trace: `traceparent` of W3C Trace Context is made or gone on with. Without it, what clients "
                    + "say of traces is passed on as it is.");
    static final Setting<ProxyNotes.Believed> TRACING_FROM = Setting.of("tracing.from", "trusted, anybody or nobody",
            (value, _) -> value.word(ProxyNotes.Believed.ALL, ProxyNotes.Believed::word), (_, _) -> ProxyNotes.Believed.ANYBODY,
            "`anybody`", "Whose traces are gone on with: those of the `proxy.trusted` ones, of all clients, or of nobody.")
            .withExample("anybody");
    static final Setting<Integer> TRACING_PERCENT = Setting.of("tracing.percent", "NUMBER", Readings.number(0, 100), (_, _) -> 100, "100",
            "How many of a hundred traces that begin here are recorded; of others whoever began them has decided.");
    static final Setting<Optional<URI>> TRACING_OTLP = Setting.of("tracing.otlp", "URL",
            Readings::collector, (_, _) -> Optional.empty(), "none",
            "The collector of OpenTelemetry's that spans are sent to, over HTTP in JSON; see [the edge](edge.md#traces).")
            .withExample("'http://127.0.0.1:4318/v1/traces'");
    static final Setting<Integer> METRICS_ROUTES = Setting.of("metrics.routes", "NUMBER", Readings.number(0, 10_000), (_, _) -> 0, "0",
            "How many routes have metrics of their own; further ones count together as `others`.");
    static final Setting<Optional<Path>> PODMAN_SOCKET = Setting.<Optional<Path>>of("podman.socket", "PATH",
            (value, folder) -> Readings.path(value, folder).map(Optional::of), (_, _) -> Optional.empty(),
            "/run/podman/podman.sock, for a user $XDG_RUNTIME_DIR/podman/podman.sock; where nobody answers there, "
                    + "Reeve has `program` serve",
            "The unix socket of Podman's service, by which containers are run.").withExample("/run/podman/podman.sock");
    static final Setting<String> PODMAN_PROGRAM = Setting.of("podman.program", "PROGRAM",
            (value, _) -> value.text(), (_, _) -> "podman", "`podman`, found on the PATH",
            "Podman itself, for machines where its service does not run.");
    static final Setting<Optional<Path>> PODMAN_AUTH_FILE = Setting.<Optional<Path>>of("podman.auth_file", "PATH",
            (value, folder) -> Readings.path(value, folder).map(Optional::of), (_, _) -> Optional.empty(),
            "what `podman login` wrote for the user whose Podman it is",
            "Logins at private registries, a file that `podman login --authfile PATH` writes.").withExample("/etc/reeve/auth.json");

    static final Setting<List<Path>> CATALOG = Setting.of("catalog", "[DIRECTORY, …]",
            Readings::paths, (machine, _) -> machine.catalogue(),
            "/etc/reeve/catalog and /usr/share/reeve/catalog; for a user $XDG_CONFIG_HOME/reeve/catalog and $XDG_DATA_HOME/reeve/catalog",
            "Folders of manifests that `reeve install` finds apps in. An app in several is taken from the first.")
            .withExample("[/etc/reeve/catalog]");
    static final Setting<Optional<ValueSource>> BOOT_WAIT_FOR = Setting.of("boot.wait_for",
            "PATH or {file: PATH} or {command: [PROGRAM, …]}",
            Readings::waitedFor, (_, _) -> Optional.empty(), "nothing",
            "Before anything is started: wait until this file is there, or this program ends with 0; asked every 5 s, for 30 minutes "
                    + "at most. What ran before goes on and is served meanwhile.").withExample("/run/recovered");
    static final Setting<Optional<String>> ORCHESTRATOR_LABEL = Setting.of("metrics.orchestrator_label", "NAME or off",
            Readings::label, (_, _) -> Optional.empty(), "off",
            "Counts start and stop attempts also as `orchestrator_processes_start_attempts_total` and `…_stop_attempts_total`, as the "
                    + "IC's orchestrator does, with the service's name in a label of this name.").withExample("process");

    static final Setting<List<Webhook>> WEBHOOKS = Setting.of("webhooks",
            "[{url: URL, on: [failed, recovered, deployed], token_file: PATH, headers_file: PATH, timeout: DURATION}, …]",
            Readings::webhooks, (_, _) -> List.of(), "none",
            "Who is told over HTTP what happens; see [webhooks](webhooks.md).")
            .withExample("[ { url: 'https://hooks.example.org/reeve', on: [failed, recovered] } ]");

    /// Later roles add theirs at the end.
    public static final List<Setting<?>> ALL = List.of(NAME, CLASS, LABELS, FEATURES, VALUES, HTTP, HTTPS, CERTIFICATES, TLS_REDIRECT,
            TLS_HSTS, ADMIN, STATE, SOCKET, ACCESS_LOG,
            CONNECT_TIMEOUT, RESPONSE_TIMEOUT, IDLE_TIMEOUT, CLIENT_CONNECTIONS, LEAST_RATE,
            LEAST_RATE_WINDOW, HELD_REQUESTS, HELD_REQUESTS_PER_SERVICE, HTTP2_STREAMS, UPGRADE_GRACE, REMOVED_GRACE,
            SHARED_PORT, TRUSTED, PROXY_PROTOCOL, UNDERSCORES, REQUEST_ID, REQUEST_ID_FROM, TRACING, TRACING_FROM,
            TRACING_PERCENT, TRACING_OTLP, METRICS_ROUTES, ORCHESTRATOR_LABEL,
            CATALOG, WEBHOOKS, PODMAN_SOCKET, PODMAN_PROGRAM, PODMAN_AUTH_FILE, BOOT_WAIT_FOR);

    private Definitions() {}

    /// The setting that a flag of `reeve up` sets.
    static Optional<Setting<?>> flagged(String flag) {
        return ALL.stream().filter(setting -> setting.flag().equals(Optional.of(flag))).findFirst();
    }

    private static Setting<Duration> timeout(String key, Duration standard, String about) {
        return Setting.of(key, "DURATION", Readings::timeout, (_, _) -> standard, DurationText.text(standard), about);
    }

    private static Setting<Integer> count(String key, int standard, String about) {
        return Setting.of(key, "NUMBER", Readings.number(0, 1_000_000), (_, _) -> standard, String.valueOf(standard), about);
    }

    /// Without what a node's name may not hold; a machine without any usable name is a `node`.
    private static NodeName hostName(Machine machine) {
        String usable = machine.hostName().replaceAll("[^a-zA-Z0-9._-]", "-").replaceAll("^[._-]+", "");
        String shortened = usable.substring(0, Math.min(63, usable.length()));
        return new NodeName(NodeName.allows(shortened) ? shortened : "node");
    }
}
