package reeve;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Closer;
import reeve.base.Jitter;
import reeve.base.RotatedFile;
import reeve.base.Time;
import reeve.declare.settings.AccessLog;
import reeve.declare.settings.Listener;
import reeve.declare.settings.ProxyFairness;
import reeve.declare.settings.ProxyLimits;
import reeve.declare.settings.ProxyNotes.Believed;
import reeve.declare.settings.ProxyTrust;
import reeve.declare.settings.Settings;
import reeve.declare.settings.TlsRules;
import reeve.model.AccessFormat;
import reeve.model.Address;
import reeve.model.Failure;
import reeve.model.LogRotation;
import reeve.serve.certificate.CertificateChoice;
import reeve.serve.edge.SpanSink;
import reeve.serve.proxy.Proxy;
import reeve.serve.proxy.ProxyNotes;
import reeve.serve.proxy.ProxySettings;
import reeve.serve.proxy.ProxyTraffic;
import reeve.serve.proxy.TlsSettings;
import reeve.serve.route.RouteSources;
import reeve.serve.route.RouteTable;
import reeve.sleep.WakeGate;

/// The node's proxy, which begins to listen when the first route appears: a node without routes binds no port. Where the
/// port is taken by then, it is tried again until it is free.
final class ProxyOnDemand implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyOnDemand.class);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final int MOST_TRIES = 100;

    private final Settings settings;
    private final CertificateChoice certificates;
    private final TakenSockets taken;
    private final boolean given;
    private final boolean shared;
    private final AccessLog log;
    private final RouteSources routes;
    private final ProxyTraffic traffic;
    private final WakeGate wakeGate;
    private final SpanSink spans;
    private final Time time;
    private final Jitter jitter;
    private final CountDownLatch tried = new CountDownLatch(1);
    private final Closer proxies = new Closer();
    private final AtomicBoolean wanted = new AtomicBoolean();
    private volatile Optional<Address> address = Optional.empty();
    private volatile Optional<String> note = Optional.empty();
    private volatile Optional<String> tlsNote = Optional.empty();
    private volatile Optional<Proxy> serving = Optional.empty();
    private Consumer<Address> listens = _ -> {};
    private boolean closed;

    /// @param spans  where traced requests go
    /// @param taken  sockets that listen already, which are served from the first table on
    /// @param shared whether other proxies may listen on the same addresses
    ProxyOnDemand(Settings settings, CertificateChoice certificates, RouteSources routes, ProxyTraffic traffic, WakeGate wakeGate,
            SpanSink spans, Time time, Jitter jitter, TakenSockets taken, boolean shared, AccessLog log) {
        this.settings = settings;
        this.certificates = certificates;
        this.taken = taken;
        this.shared = shared;
        this.log = log;
        this.given = taken.has(TakenSockets.HTTP);
        this.routes = routes;
        this.traffic = traffic;
        this.wakeGate = wakeGate;
        this.spans = spans;
        this.time = time;
        this.jitter = jitter;
    }

    /// @param next told when the proxy listens, at once where it does already; in the place of who was told before
    synchronized void onListening(Consumer<Address> next) {
        listens = next;
        address.ifPresent(next);
    }

    /// Where it listens, once it does.
    Optional<Address> address() {
        return address;
    }

    /// What people should know of where it listens, or why it does not.
    List<String> notes() {
        return Stream.of(note, tlsNote).flatMap(Optional::stream).toList();
    }

    /// [Proxy#settle], where it serves.
    void settle() {
        serving.ifPresent(Proxy::settle);
    }

    /// [Proxy#droppedLines], where it serves.
    long droppedLines() {
        return serving.map(Proxy::droppedLines).orElse(0L);
    }

    /// Called with each new table; starts the proxy, on another thread, for the first that has a route.
    void serve(RouteTable table) {
        if (!table.isEmpty()) {
            serve();
        }
    }

    private void serve() {
        if (wanted.compareAndSet(false, true)) {
            Thread.ofVirtual().name("proxy start").start(this::start);
        }
    }

    /// Serves the sockets that it was given, whether or not there is a route. Returns when it does, or could not the first time.
    /// @return whether it does
    boolean serveTaken(Duration within) {
        if (!given) {
            return true;
        }
        serve();
        try {
            return tried.await(within.toNanos(), TimeUnit.NANOSECONDS) && address.isPresent() && tlsNote.isEmpty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// What it listens on, for a successor: `http`, and `https` where it serves that.
    TakenSockets sockets() {
        return serving.map(proxy -> TakenSockets.of(proxy.sockets())).orElse(TakenSockets.NONE);
    }

    /// [Proxy#retire]; nothing is bound any more from now on.
    synchronized void retire() {
        closed = true;
        serving.ifPresent(Proxy::retire);
    }

    /// Clients that are connected now.
    int connections() {
        return serving.map(Proxy::connections).orElse(0);
    }

    private synchronized void start() {
        if (closed) {
            return;
        }
        try {
            Address bound = bind(settings.http());
            note = Listening.note("proxy", settings.http().address(), bound);
            address = Optional.of(bound);
            listens.accept(bound);
            startTls();
            tried.countDown();
        } catch (Failure e) {
            note = Optional.of("the proxy does not listen: " + e.getMessage());
            LOG.error("proxy does not listen: reason={}", e.getMessage());
            tried.countDown();
            time.after(RETRY, () -> Thread.ofVirtual().name("proxy start").start(this::start));
        }
    }

    /// Beside a proxy that listens already: what keeps TLS from listening does not keep the rest.
    private synchronized void startTls() {
        if (closed || settings.tls().https().isEmpty()) {
            return;
        }
        Address wish = settings.tls().https().get().address();
        try {
            TlsRules tls = settings.tls();
            var rules = new TlsSettings(List.of(wish), certificates, tls.redirect(), tls.hsts(), TlsSettings.HANDSHAKE);
            serving.ifPresent(proxy -> proxy.startTls(rules, taken.take(TakenSockets.HTTPS, wish, new Listener(wish, false))));
            tlsNote = Optional.empty();
        } catch (Failure e) {
            Failure named = Listening.named(e, wish.port());
            tlsNote = Optional.of("the proxy does not listen for TLS: " + named.getMessage());
            LOG.error("proxy does not listen for TLS: reason={}", named.getMessage());
            time.after(RETRY, () -> Thread.ofVirtual().name("proxy start").start(this::startTls));
        }
    }

    /// The address that was chosen, or the next free port after one that nobody chose.
    private Address bind(Listener listener) {
        Address wish = listener.address();
        for (int port = wish.port(); ; port++) {
            var next = new Address(wish.host(), port);
            var proxy = new Proxy(proxySettings(next), routes, traffic, wakeGate, time, jitter, accessLog());
            try {
                Address bound = proxy.start(taken.take(TakenSockets.HTTP, next, listener), shared).getFirst();
                proxies.register(proxy);
                serving = Optional.of(proxy);
                if (port != wish.port()) {
                    LOG.info("proxy takes the next free port: wished={} bound={}", wish, bound);
                }
                return bound;
            } catch (Failure e) {
                proxy.close();
                boolean another = listener.nextFree() && e.kind() == Failure.Kind.CONFLICT
                        && port < Math.min(65_535, wish.port() + MOST_TRIES);
                if (!another) {
                    throw Listening.named(e, port);
                }
            }
        }
    }

    private ProxySettings proxySettings(Address listen) {
        ProxyLimits limits = settings.proxy();
        ProxySettings.Timeouts standard = ProxySettings.Timeouts.DEFAULT;
        ProxyTrust trust = limits.trust();
        ProxyFairness fairness = limits.fairness();
        return ProxySettings.listeningOn(List.of(listen))
                .withStreams(limits.http2Streams())
                .withNotes(noted())
                .with(new ProxySettings.Connections(ProxySettings.MOST_CONNECTIONS, fairness.connections()))
                .withEdge(new ProxySettings.Edge(trust.proxies(), trust.protocol(), trust.underscores()))
                .withTimeouts(new ProxySettings.Timeouts(limits.connectTimeout(), limits.responseTimeout(),
                limits.idleTimeout(), standard.clientHead(), new ProxySettings.Pace(fairness.leastRateWindow(), fairness.leastRate()),
                standard.upstreamIdle()));
    }

    private ProxyNotes noted() {
        AccessFormat format = settings.accessLog() instanceof AccessLog.ToFile file ? file.format() : AccessFormat.STANDARD;
        var wanted = settings.proxy().notes();
        var ids = wanted.requestId().map(header -> new ProxyNotes.Ids(header, believed(wanted.requestIdFrom())));
        var tracing = wanted.tracing();
        Optional<ProxyNotes.Traces> traces = tracing.enabled()
                ? Optional.of(new ProxyNotes.Traces(believed(tracing.from()), tracing.percent() / 100.0, spans)) : Optional.empty();
        return new ProxyNotes(format, ids, traces);
    }

    private static ProxyNotes.Believed believed(Believed whose) {
        return switch (whose) {
            case TRUSTED -> ProxyNotes.Believed.TRUSTED;
            case ANYBODY -> ProxyNotes.Believed.ANYBODY;
            case NOBODY -> ProxyNotes.Believed.NOBODY;
        };
    }

    private Optional<OutputStream> accessLog() {
        return switch (log) {
            case AccessLog.Off() -> Optional.empty();
            case AccessLog.ToFile(Path file, _, LogRotation rotation) -> {
                try {
                    var bounds = new RotatedFile.Bounds(rotation.size(), rotation.files(), rotation.age());
                    yield Optional.of(new RotatedFile(file, bounds, time));
                } catch (IOException e) {
                    throw new UncheckedIOException("cannot write the access log " + file, e);
                }
            }
        };
    }

    @Override
    public synchronized void close() {
        closed = true;
        proxies.close();
    }
}
