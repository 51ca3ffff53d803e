package reeve.front.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import reeve.base.Time;
import reeve.base.http.FrameChannel;
import reeve.base.http.Head;
import reeve.base.http.HttpCall;
import reeve.base.http.HttpClient;
import reeve.base.http.HttpReply;
import reeve.base.http.HttpStream;
import reeve.base.http.HttpTarget;
import reeve.model.Failure;
import reeve.model.Selector;
import reeve.model.ServiceId;
import reeve.model.wire.ActRequest;
import reeve.model.wire.AppRow;
import reeve.model.wire.ApplyRequest;
import reeve.model.wire.CatalogueAnswer;
import reeve.model.wire.CertificateRow;
import reeve.model.wire.DeployAnswer;
import reeve.model.wire.DeployRequest;
import reeve.model.wire.DownAnswer;
import reeve.model.wire.DownRequest;
import reeve.model.wire.ErrorAnswer;
import reeve.model.wire.EventRow;
import reeve.model.wire.ExecRequest;
import reeve.model.wire.ExplainAnswer;
import reeve.model.wire.InstallRequest;
import reeve.model.wire.InstanceRow;
import reeve.model.wire.JournalRow;
import reeve.model.wire.MaintenanceRequest;
import reeve.model.wire.NodeAnswer;
import reeve.model.wire.PlanAnswer;
import reeve.model.wire.RequestExplainAnswer;
import reeve.model.wire.RevisionRow;
import reeve.model.wire.RollbackRequest;
import reeve.model.wire.RouteRow;
import reeve.model.wire.RunRequest;
import reeve.model.wire.ScaleRequest;
import reeve.model.wire.UninstallRequest;
import reeve.model.wire.UsageRow;
import reeve.model.wire.WireException;
import reeve.model.wire.WireJson;

/// Talks to one node. Every method throws [Failure]: the node's own, or `UNAVAILABLE` where it does not answer, `TIMEOUT`
/// where it takes too long.
public final class ReeveClient {
    private static final int MOST_ANSWER = 64 * 1024 * 1024;

    private final HttpTarget target;
    private final Optional<String> token;
    private final HttpClient http;
    private final Duration within;
    private final WireJson json = WireJson.lenient();

    /// Over the node's unix socket.
    /// @param within the longest that a call may take
    public ReeveClient(Path socket, Duration within, Time time) {
        this(new HttpTarget.Unix(socket), Optional.empty(), within, time);
    }

    /// @param token  for TCP; empty for the unix socket
    /// @param within the longest that a call may take
    public ReeveClient(HttpTarget target, Optional<String> token, Duration within, Time time) {
        this.target = target;
        this.token = token;
        this.within = within;
        this.http = new HttpClient(time);
    }

    /// Over TCP.
    /// @param url   `http://HOST:PORT…`; its path is the caller's to name in each call
    /// @param token empty where none is needed
    /// @throws Failure `INVALID` for any other URL
    public static ReeveClient at(URI url, Optional<String> token, Duration within, Time time) {
        if (!"http".equals(url.getScheme()) || url.getHost() == null) {
            throw new Failure(Failure.Kind.INVALID, "cannot use " + url + ": expected http://HOST:PORT/PATH");
        }
        var address = new InetSocketAddress(url.getHost(), url.getPort() < 0 ? 80 : url.getPort());
        if (address.isUnresolved()) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot reach " + url.getHost() + ": no address is known for it");
        }
        return new ReeveClient(new HttpTarget.Tcp(address), token, within, time);
    }

    public NodeAnswer node() {
        return json.read(NodeAnswer.class, get("/v1/node"));
    }

    /// Asks the node to end. It answers first.
    public void shutdown() {
        post("/v1/shutdown", "{}");
    }

    /// Asks the node to have a new Reeve take its place. It answers first; how that went its journal tells.
    public void upgrade() {
        post("/v1/upgrade", "{}");
    }

    public List<AppRow> apps() {
        return json.readList(AppRow.class, get("/v1/apps"));
    }

    /// @param app only its instances; empty for all
    public List<InstanceRow> instances(Optional<String> app) {
        return json.readList(InstanceRow.class, get("/v1/instances" + query("app", app)));
    }

    /// What is known of the node's certificates.
    public List<CertificateRow> certificates() {
        return json.readList(CertificateRow.class, get("/v1/certificates"));
    }

    /// @param app only routes that lead to it; empty for all
    public List<RouteRow> routes(Optional<String> app) {
        return json.readList(RouteRow.class, get("/v1/routes" + query("app", app)));
    }

    public PlanAnswer plan(ApplyRequest request) {
        return json.read(PlanAnswer.class, post("/v1/plan", json.write(request)));
    }

    public PlanAnswer apply(ApplyRequest request) {
        return json.read(PlanAnswer.class, post("/v1/apply", json.write(request)));
    }

    /// Declares an app that must prove itself; returns at once. [#rollout] tells how it goes.
    public DeployAnswer deploy(DeployRequest request) {
        return json.read(DeployAnswer.class, post("/v1/deploy", json.write(request)));
    }

    /// Deploys an earlier revision.
    public DeployAnswer rollback(String app, RollbackRequest request) {
        return json.read(DeployAnswer.class, post("/v1/apps/" + encode(app) + "/rollback", json.write(request)));
    }

    /// How the last deploy of an app stands, after it is over or so long.
    public DeployAnswer rollout(String app, Duration wait) {
        return json.read(DeployAnswer.class, get("/v1/apps/" + encode(app) + "/deploy?wait=" + wait.toSeconds()));
    }

    /// Oldest first.
    public List<RevisionRow> revisions(String app) {
        return json.readList(RevisionRow.class, get("/v1/apps/" + encode(app) + "/revisions"));
    }

    public void down(String app) {
        down(app, false);
    }

    /// @param volumes whether its volumes are removed too, once everything of it has stopped
    /// @return the volumes that will be
    public List<String> down(String app, boolean volumes) {
        return json.read(DownAnswer.class, post("/v1/apps/" + encode(app) + "/down", json.write(new DownRequest(volumes)))).volumes();
    }

    /// What can be installed.
    /// @param catalog absolute folder; empty for the node's own
    public CatalogueAnswer catalogue(Optional<String> catalog) {
        return json.read(CatalogueAnswer.class, get("/v1/catalog" + query("catalog", catalog)));
    }

    /// @param catalog absolute folder; empty for the node's own
    public PlanAnswer install(String app, Optional<String> catalog) {
        return json.read(PlanAnswer.class,
                post("/v1/apps/" + encode(app) + "/install", json.write(new InstallRequest(catalog.orElse(null)))));
    }

    /// @param volumes whether its volumes go too, once it has stopped
    public void uninstall(String app, boolean volumes) {
        post("/v1/apps/" + encode(app) + "/uninstall", json.write(new UninstallRequest(volumes)));
    }

    public void start(Selector selector) {
        act(selector, "start");
    }

    public void stop(Selector selector) {
        act(selector, "stop");
    }

    public void restart(Selector selector) {
        act(selector, "restart");
    }

    public void sleep(Selector selector) {
        act(selector, "sleep");
    }

    public void wake(Selector selector) {
        act(selector, "wake");
    }

    public void drain(Selector selector) {
        act(selector, "drain");
    }

    public void undrain(Selector selector) {
        act(selector, "undrain");
    }

    /// @param message that clients get from now on; empty ends it
    public void maintenance(Selector selector, Optional<String> message) {
        if (selector instanceof Selector.Instance) {
            throw new Failure(Failure.Kind.INVALID, "cannot put one instance into maintenance: name APP or APP/SERVICE, or drain it");
        }
        post("/v1/apps/" + selector.app() + "/maintenance",
                json.write(new MaintenanceRequest(service(selector).orElse(null), message.orElse(null))));
    }

    public void scale(ServiceId service, int replicas) {
        post("/v1/apps/" + service.app() + "/scale", json.write(new ScaleRequest(service.service().value(), replicas)));
    }

    private void act(Selector selector, String verb) {
        post("/v1/apps/" + selector.app() + "/" + verb,
                json.write(new ActRequest(service(selector).orElse(null), instance(selector).orElse(null))));
    }

    public ExplainAnswer explain(Selector selector) {
        return json.read(ExplainAnswer.class, get("/v1/apps/" + selector.app() + "/explain" + selected(selector)));
    }

    /// Which way a request for this URL would go.
    public RequestExplainAnswer explain(String url) {
        return json.read(RequestExplainAnswer.class, get("/v1/explain" + query("url", Optional.of(url))));
    }

    /// The newest entries, oldest first.
    public List<JournalRow> journal(Optional<String> subject, int limit) {
        return json.readList(JournalRow.class, get("/v1/journal?limit=" + limit + query("subject", subject).replace('?', '&')));
    }

    /// The last restarts of any instance, oldest first: the journal's entries about them.
    public List<JournalRow> restarts() {
        return json.readList(JournalRow.class, get("/v1/restarts"));
    }

    /// The newest entries, then every new one: JSON of [JournalRow], for [#entry].
    public Lines followJournal(Optional<String> subject, int limit) {
        return open("/v1/journal?follow=true&limit=" + limit + query("subject", subject).replace('?', '&'));
    }

    /// A line of [#followJournal].
    public JournalRow entry(String line) {
        return json.read(JournalRow.class, line);
    }

    /// Changes of states since then, oldest first.
    /// @param subject an app, a service or an instance; empty for all
    public List<EventRow> events(Optional<String> subject, Instant since) {
        return json.readList(EventRow.class, get("/v1/events?since=" + since + query("subject", subject).replace('?', '&')));
    }

    /// Changes of states, those since then first where it is given, then every new one: JSON of [EventRow], for [#event].
    public Lines followEvents(Optional<String> subject, Optional<Instant> since) {
        return open("/v1/events?follow=true" + query("since", since.map(Instant::toString)).replace('?', '&')
                + query("subject", subject).replace('?', '&'));
    }

    /// A line of [#followEvents].
    public EventRow event(String line) {
        return json.read(EventRow.class, line);
    }

    /// What instances use, measured over a second: a JSON array of [UsageRow], or one for each second, for [#usage].
    /// @param apps only theirs; empty for all
    public Lines stats(List<String> apps, boolean follow) {
        Optional<String> names = apps.isEmpty() ? Optional.empty() : Optional.of(String.join(",", apps));
        return open("/v1/stats?follow=" + follow + query("app", names).replace('?', '&'));
    }

    /// A line of [#stats].
    public List<UsageRow> usage(String line) {
        return json.readList(UsageRow.class, line.getBytes(StandardCharsets.UTF_8));
    }

    /// What instances used of late, as it was measured last.
    public List<UsageRow> usage() {
        return json.readList(UsageRow.class, get("/v1/usage"));
    }

    /// Lines such as `web/1 | listening`.
    public Lines logs(Selector selector, int tail, boolean follow) {
        String selected = selected(selector);
        return open("/v1/apps/" + selector.app() + "/logs" + (selected.isEmpty() ? "?" : selected + "&") + "tail=" + tail + "&follow="
                + follow);
    }

    /// Runs a command in an instance of an app.
    public Talk exec(String app, ExecRequest request) {
        return talk("/v1/apps/" + encode(app) + "/exec", json.write(request));
    }

    /// Runs a copy of a service of an app.
    public Talk run(String app, RunRequest request) {
        return talk("/v1/apps/" + encode(app) + "/run", json.write(request));
    }

    private Talk talk(String path, String body) {
        var headers = headers();
        headers.add(new Head.Header("Content-Type", "application/json"));
        var call = new HttpCall("POST", path, headers, body.getBytes(StandardCharsets.UTF_8));
        try {
            return switch (http.upgrade(target, call, ExecRequest.PROTOCOL, within, MOST_ANSWER)) {
                case HttpClient.Switched.To(FrameChannel frames) -> new Talk(frames);
                case HttpClient.Switched.Refused(HttpReply reply) -> throw failure(reply.status(), reply.body());
            };
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /// As text for Prometheus.
    /// @param path `/metrics` on a node
    public String metrics(String path) {
        return new String(get(path), StandardCharsets.UTF_8);
    }

    /// The JSON of a record, in the API's words.
    public String json(Object record) {
        return json.write(record);
    }

    private byte[] get(String path) {
        return call(new HttpCall("GET", path, headers(), new byte[0]));
    }

    private byte[] post(String path, String body) {
        var headers = headers();
        headers.add(new Head.Header("Content-Type", "application/json"));
        return call(new HttpCall("POST", path, headers, body.getBytes(StandardCharsets.UTF_8)));
    }

    private byte[] call(HttpCall call) {
        try {
            HttpReply reply = http.call(target, call, within, MOST_ANSWER);
            if (reply.status() >= 300) {
                throw failure(reply.status(), reply.body());
            }
            return reply.body();
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private Lines open(String path) {
        try {
            HttpStream stream = http.open(target, new HttpCall("GET", path, headers(), new byte[0]), within);
            if (stream.status() >= 300) {
                try (stream) {
                    throw failure(stream.status(), stream.rest(1024 * 1024));
                }
            }
            return new Lines() {
                @Override
                public Optional<String> next() {
                    try {
                        return stream.line();
                    } catch (IOException e) {
                        return Optional.empty(); // closed here, or the node went away: as final as its end
                    }
                }

                @Override
                public void close() {
                    try {
                        stream.close();
                    } catch (IOException e) {
                        throw unreachable(e);
                    }
                }
            };
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private ArrayList<Head.Header> headers() {
        var headers = new ArrayList<Head.Header>();
        token.ifPresent(value -> headers.add(new Head.Header("Authorization", "Bearer " + value)));
        return headers;
    }

    private Failure failure(int status, byte[] body) {
        try {
            ErrorAnswer error = json.read(ErrorAnswer.class, body);
            return new Failure(kind(error.kind()), error.value());
        } catch (WireException e) {
            return new Failure(Failure.Kind.UNAVAILABLE, "cannot understand the answer of " + name() + ": status " + status, e);
        }
    }

    private static Failure.Kind kind(String word) {
        for (Failure.Kind kind : Failure.Kind.values()) {
            if (kind.word().equals(word)) {
                return kind;
            }
        }
        return Failure.Kind.INTERNAL; // a newer node's
    }

    private Failure unreachable(IOException e) {
        if (e instanceof SocketTimeoutException) {
            return new Failure(Failure.Kind.TIMEOUT, "cannot reach Reeve at " + name() + ": it did not answer within " + within.toSeconds()
                    + " s", e);
        }
        boolean nobody = e instanceof ConnectException || e instanceof NoSuchFileException || String.valueOf(e.getMessage())
                .contains("No such file");
        return new Failure(Failure.Kind.UNAVAILABLE, "cannot reach Reeve at " + name() + ": "
                + (nobody ? "nobody answers there" : e.getMessage()), e);
    }

    private String name() {
        return switch (target) {
            case HttpTarget.Tcp(var address) -> address.getHostString() + ":" + address.getPort();
            case HttpTarget.Unix(var socket) -> socket.toString();
        };
    }

    private static String selected(Selector selector) {
        String query = query("service", service(selector));
        return query + instance(selector).map(number -> "&instance=" + number).orElse("");
    }

    private static Optional<String> service(Selector selector) {
        return switch (selector) {
            case Selector.App _ -> Optional.empty();
            case Selector.Service(var id) -> Optional.of(id.service().value());
            case Selector.Instance(var id) -> Optional.of(id.service().service().value());
        };
    }

    private static Optional<Integer> instance(Selector selector) {
        return switch (selector) {
            case Selector.App _, Selector.Service _ -> Optional.empty();
            case Selector.Instance(var id) -> Optional.of(id.number());
        };
    }

    private static String query(String name, Optional<String> value) {
        return value.map(text -> "?" + name + "=" + encode(text)).orElse("");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
