package reeve.serve.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import reeve.base.Jitter;
import reeve.base.SystemTime;
import reeve.base.Time;
import reeve.model.Address;
import reeve.model.Balance;
import reeve.model.InstanceState;
import reeve.model.RouteSpec;
import reeve.model.ServiceId;
import reeve.serve.route.Route;
import reeve.serve.route.RouteSources;
import reeve.serve.route.RouteTable;
import reeve.sleep.WakeGate;
import reeve.testing.RawConnection;

/// A proxy on loopback with everything around it, for end-to-end tests.
final class ProxyFixture implements AutoCloseable {
    static final ServiceId WEB = ServiceId.of("wiki", "web");

    final RouteSources sources;
    final ProxyTraffic traffic;
    final FakeWakeGate wakeGate = new FakeWakeGate();
    final ByteArrayOutputStream log = new ByteArrayOutputStream();
    final Proxy proxy;
    final Address address;

    /// Remembers who waits; a test ends the wait.
    static final class FakeWakeGate implements WakeGate {
        record Waiting(ServiceId service, Waiter waiter) {}

        final List<Waiting> waiting = new CopyOnWriteArrayList<>();

        @Override
        public void await(ServiceId service, Waiter waiter) {
            waiting.add(new Waiting(service, waiter));
        }

        void finish(Outcome outcome) {
            var all = new ArrayList<>(waiting);
            waiting.removeAll(all);
            all.forEach(w -> w.waiter().done(outcome));
        }
    }

    ProxyFixture() {
        this(new SystemTime(), UnaryOperator.identity());
    }

    ProxyFixture(Time time, UnaryOperator<ProxySettings> change) {
        this(time, change, Duration.ofSeconds(30));
    }

    /// @param grace for what is open at a backend that no route leads to any more
    ProxyFixture(Time time, UnaryOperator<ProxySettings> change, Duration grace) {
        sources = new RouteSources(List.of("apps"), grace);
        var settings = ProxySettings.listeningOn(List.of(Address.loopback(0))).withLoops(2).withDrain(Duration.ofMillis(200));
        traffic = new ProxyTraffic(time);
        proxy = new Proxy(change.apply(settings), sources, traffic, wakeGate, time, Jitter.system(), Optional.of(log));
        address = proxy.start().getFirst();
    }

    /// Sends everything to one external backend.
    ProxyFixture to(Address backend) {
        sources.publish("apps", List.of(new Route(new RouteSpec("*", "/"), new Route.ToExternal(backend))));
        return this;
    }

    /// Sends everything to a service with one instance.
    ProxyFixture toService(boolean sleeps, Route.Availability availability, InstanceState state, Address... instances) {
        var targets = new ArrayList<Route.Target>();
        for (Address instance : instances) {
            targets.add(new Route.Target(WEB.instance(targets.size() + 1), instance, state, 1));
        }
        sources.publish("apps", List.of(new Route(new RouteSpec("*", "/"), new Route.ToService(WEB, sleeps, availability, targets))));
        return this;
    }

    /// Sends everything to a service whose instances all run.
    ProxyFixture balanced(Balance balance, Address... instances) {
        var targets = new ArrayList<Route.Target>();
        for (Address instance : instances) {
            targets.add(new Route.Target(WEB.instance(targets.size() + 1), instance, InstanceState.RUNNING, 1));
        }
        sources.publish("apps", List.of(new Route(new RouteSpec("*", "/"),
                new Route.ToService(WEB, false, new Route.Availability.Serving(), targets, balance))));
        return this;
    }

    ProxyFixture toSleeper(Address instance) {
        return toService(true, new Route.Availability.Serving(), InstanceState.RUNNING, instance);
    }

    RawConnection connect() throws IOException {
        return RawConnection.to(address);
    }

    /// One request on a connection of its own.
    RawConnection.Message ask(String request) throws IOException {
        try (RawConnection client = connect()) {
            return client.send(request).readMessage();
        }
    }

    static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: a.example\r\n\r\n";
    }

    int inFlight() {
        return sources.table().views().stream().flatMap(v -> v.targets().stream()).mapToInt(RouteTable.TargetView::inFlight).sum();
    }

    String logged() {
        return log.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        proxy.close();
    }
}
