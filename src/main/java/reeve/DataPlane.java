package reeve;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import reeve.base.Closer;
import reeve.base.Jitter;
import reeve.base.SystemTime;
import reeve.declare.settings.Settings;
import reeve.model.Address;
import reeve.serve.certificate.CertificateChoice;
import reeve.serve.certificate.ServerCertificate;
import reeve.serve.proxy.ProxyTraffic;
import reeve.serve.route.RouteSources;
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
    private final RouteSources routes = new RouteSources(List.of("apps", "files"));
    private final ProxyTraffic traffic;
    private final StandingGate gate;
    private final ProxyOnDemand proxy;
    private final AtomicReference<CertificateChoice> certificates = new AtomicReference<>(NONE);

    /// @param taken sockets that listen already
    DataPlane(Settings settings, TakenSockets taken) {
        var time = rooms.register(new SystemTime());
        traffic = new ProxyTraffic(time);
        gate = rooms.register(new StandingGate(settings.proxy().heldRequests()));
        proxy = rooms.register(new ProxyOnDemand(settings, choice(), routes, traffic, gate, time, Jitter.system(), taken));
        routes.onPublish(proxy::serve);
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

    /// A control plane feeds it from now on.
    /// @param listens told when the proxy listens
    void join(CertificateChoice chosen, WakeGate wakes, Consumer<Address> listens) {
        certificates.set(chosen);
        gate.open(wakes);
        proxy.onListening(listens);
    }

    /// Nobody feeds it: requests for what sleeps wait for the next one that does.
    void leave() {
        gate.shut();
        proxy.onListening(_ -> {});
    }

    RouteSources routes() {
        return routes;
    }

    ProxyTraffic traffic() {
        return traffic;
    }

    ProxyOnDemand proxy() {
        return proxy;
    }

    @Override
    public void close() {
        rooms.close();
    }
}
