package reeve.serve.proxy;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import reeve.base.Jitter;
import reeve.base.SystemTime;
import reeve.model.Address;
import reeve.model.CertificateFiles;
import reeve.model.RouteSpec;
import reeve.serve.certificate.Certificates;
import reeve.serve.route.Route;
import reeve.serve.route.RouteSources;
import reeve.sleep.WakeGate;

/// The proxy alone, for `bench/proxy`: BACKEND ROUTES LOOPS ACCESS_LOG CERTIFICATE KEY READY. Writes its ports, of HTTP and HTTPS, into
/// the file READY and serves until killed.
final class BenchProxy {
    private BenchProxy() {}

    public static void main(String[] args) throws IOException {
        var time = new SystemTime();
        var sources = new RouteSources(List.of("apps"));
        var routes = new ArrayList<Route>();
        var backend = new Route.ToExternal(Address.parse(args[0]));
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            routes.add(new Route(new RouteSpec("host" + i + ".example.org", "/"), backend));
        }
        sources.publish("apps", routes);
        var settings = ProxySettings.listeningOn(List.of(Address.loopback(0))).withLoops(Integer.parseInt(args[2]));
        WakeGate nobodySleeps = (_, waiter) -> waiter.done(new WakeGate.Outcome.Awake());
        var log = new BufferedOutputStream(new FileOutputStream(args[3]));
        var proxy = new Proxy(settings, sources, new ProxyTraffic(time), nobodySleeps, time, Jitter.system(), Optional.of(log));
        var certificates = new Certificates(List.of(new CertificateFiles(Path.of(args[4]), Path.of(args[5]))), (_, _, _) -> {}, time);
        certificates.start();
        Address plain = proxy.start().getFirst();
        Address encrypted = proxy.startTls(new TlsSettings(List.of(Address.loopback(0)), certificates, false, Optional.empty(),
                TlsSettings.HANDSHAKE)).getFirst();
        Path ready = Path.of(args[6]);
        Path written = Files.writeString(ready.resolveSibling("writing"), plain.port() + " " + encrypted.port());
        Files.move(written, ready, StandardCopyOption.ATOMIC_MOVE);
    }
}
