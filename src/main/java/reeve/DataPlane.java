package reeve;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import reeve.base.Closer;
import reeve.base.Jitter;
import reeve.base.SystemTime;
import reeve.base.http.HttpTarget;
import reeve.declare.settings.AccessLog;
import reeve.declare.settings.Settings;
import reeve.model.Address;
import reeve.serve.certificate.CertificateChoice;
import reeve.serve.certificate.ServerCertificate;
import reeve.serve.edge.SpanSink;
import reeve.serve.feed.FedProxy;
import reeve.serve.feed.FeedClient;
import reeve.serve.feed.Leases;
import reeve.serve.proxy.ProxyTraffic;
import reeve.serve.route.RouteSources;
import reeve.serve.trace.OtlpExporter;
import reeve.sleep.StandingGate;
import reeve.sleep.WakeGate;

/// What serves requests in this process, and what it is fed through: routes, gates, certificates. It goes on with the routes
/// published last where the control plane that feeds it ends and another one, here or in another process, takes over.
final class DataPlane implements AutoCloseable {
    private static final CertificateChoice NONE = new CertificateChoice() {
        @Override
        public List<ServerCertificate> named(String name) {
            return List.of();
        }

        @Override
        public List<ServerCertificate> unnamed() {
            return List.of();
        }
    };

    private final Closer rooms = new Closer();
    private final RouteSources routes;
    private Optional<FeedClient> client = Optional.empty();
    private final SystemTime time;
    private final int mostHeld;
    private final ProxyTraffic traffic;
    private final Optional<OtlpExporter> traces;
    private final StandingGate gate;
    private final ProxyOnDemand proxy;
    private final AtomicReference<Runnable> told = new AtomicReference<>(() -> {});
    private final AtomicReference<CertificateChoice> certificates = new AtomicReference<>(NONE);

    /// @param taken sockets that listen already
    /// @param log    where requests are noted
    /// @param shared whether other proxies may listen on the same addresses
    DataPlane(Settings settings, TakenSockets taken, boolean shared, AccessLog log, String version) {
        time = rooms.register(new SystemTime());
        mostHeld = settings.proxy().heldRequests();
        routes = new RouteSources(List.of("apps", "files"), settings.proxy().changes().removedGrace());
        traffic = new ProxyTraffic(time, settings.proxy().notes().routes());
        traces = settings.proxy().notes().tracing().otlp()
                .map(collector -> rooms.register(new OtlpExporter(collector, settings.name().value(), version, time)));
        gate = rooms.register(new StandingGate(mostHeld));
        proxy = rooms.register(new ProxyOnDemand(settings, choice(), routes, traffic, gate,
                traces.<SpanSink>map(exporter -> exporter).orElse(SpanSink.NONE), time, Jitter.system(), taken, shared, log));
        routes.onPublish(proxy::serve);
        routes.onPublish(_ -> told.get().run());
    }

    private CertificateChoice choice() {
        return new CertificateChoice() {
            @Override
            public List<ServerCertificate> named(String name) {
                return certificates.get().named(name);
            }

            @Override
            public List<ServerCertificate> unnamed() {
                return certificates.get().unnamed();
            }
        };
    }

    /// The certificates of its TLS listeners.
    void choose(CertificateChoice chosen) {
        certificates.set(chosen);
    }

    /// A control plane feeds it from now on.
    /// @param listens   told when the proxy listens
    /// @param published told after each new table
    void join(CertificateChoice chosen, WakeGate wakes, Consumer<Address> listens, Runnable published) {
        told.set(published);
        certificates.set(chosen);
        gate.open(wakes);
        proxy.onListening(listens);
    }

    /// Nobody feeds it: requests for what sleeps wait for the next one that does.
    void leave() {
        gate.shut();
        told.set(() -> {});
        proxy.onListening(_ -> {});
    }

    /// A node in another process feeds it from now on, until the end: routes, holds, wakes.
    /// @param name of this proxy among those of the node
    void follow(HttpTarget node, Optional<String> token, String name) {
        String run = ProcessHandle.current().pid() + "-" + time.wall().toEpochMilli();
        var fed = new FedProxy(name, run, traffic, routes::inFlight, new FedRoutes(routes)::publish, mostHeld, Leases.DEFAULT, time);
        client = Optional.of(new FeedClient(fed, node, token, time));
        client.get().start();
        gate.open(fed);
    }

    RouteSources routes() {
        return routes;
    }

    ProxyTraffic traffic() {
        return traffic;
    }

    Optional<OtlpExporter> traces() {
        return traces;
    }

    ProxyOnDemand proxy() {
        return proxy;
    }

    /// Its connections first: the node then hears that all have ended.
    @Override
    public void close() {
        proxy.close();
        client.ifPresent(FeedClient::close);
        rooms.close();
    }
}
