package reeve.front.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import reeve.model.Address;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.InstanceStatus;
import reeve.model.NodeName;
import reeve.model.PathKind;
import reeve.model.Redirect;
import reeve.model.RouteConditions;
import reeve.model.RouteHandling;
import reeve.model.RouteSpec;
import reeve.model.ServiceId;
import reeve.model.wire.RequestExplainAnswer;
import reeve.model.wire.RouteRow;
import reeve.run.reconcile.Apps;
import reeve.serve.route.Route;
import reeve.serve.route.RouteSources;

class RequestExplanationTest {
    private static final long NOW = 1_000_000_000_000L;
    private static final ServiceId API = ServiceId.parse("shop/api");

    private final RouteSources routes = new RouteSources(List.of("apps", "files"));
    private final List<InstanceStatus> instances = new ArrayList<>();
    private Optional<Address> proxy = Optional.of(Address.loopback(80));

    private RequestExplainAnswer explain(String url) {
        return RequestExplanation.of(url, routes.table(), routes.conflicts(), proxy, new Apps.Snapshot(List.of(), instances),
                _ -> Optional.empty(), NOW);
    }

    private static Route external(String host, String path, int port) {
        return new Route(new RouteSpec(host, path), new Route.ToExternal(Address.loopback(port)));
    }

    private Route service(String host, String path, Route.Availability availability, InstanceState... states) {
        var targets = new ArrayList<Route.Target>();
        for (int i = 0; i < states.length; i++) {
            InstanceId id = API.instance(i + 1);
            targets.add(new Route.Target(id, Address.loopback(4001 + i), states[i], 1));
            instances.add(new InstanceStatus(id, new NodeName("here"), states[i], OptionalLong.empty(), Optional.empty(), 0, Instant.EPOCH,
                    "reason " + (i + 1)));
        }
        return new Route(new RouteSpec(host, path), new Route.ToService(API, false, availability, targets));
    }

    @Test
    void theRouteThatWinsIsNamedWithThoseThatLoseAndWhy() {
        routes.publish("files", List.of(external("shop.localhost", "/api/", 7)));
        routes.publish("apps", List.of(external("*", "/", 1), external("shop.localhost", "/", 2), external("*.localhost", "/api", 3),
                service("shop.localhost", "/api", new Route.Availability.Serving(), InstanceState.RUNNING, InstanceState.STOPPING)));
        RequestExplainAnswer answer = explain("http://Shop.localhost/api/x?q=1#top");
        assertThat(answer.because()).containsExactly(
                "route shop.localhost/api takes it, and leads to shop/api",
                "shop/api/1 at 127.0.0.1:4001 may get it: running",
                "shop/api/2 at 127.0.0.1:4002 gets nothing: stopping: reason 2",
                "route shop.localhost/ (to the external backend 127.0.0.1:2) covers it too, but its path is shorter",
                "route *.localhost/api (to the external backend 127.0.0.1:3) covers it too, but its host is less specific",
                "route */ (to the external backend 127.0.0.1:1) covers it too, but its host is less specific",
                "route shop.localhost/api/: shop/api of source 'apps' hides 127.0.0.1:7 of source 'files'");
        assertThat(answer.outcome()).isEqualTo("forwarded");
        assertThat(answer.status()).isNull();
        assertThat(answer.route()).isNotNull().satisfies(route -> assertThat(route.path()).isEqualTo("/api"));
        assertThat(answer.others()).extracting(route -> route.host() + route.path())
                .containsExactly("shop.localhost/", "*.localhost/api", "*/");
    }

    @Test
    void aSleepingServiceIsWokenByIt() {
        routes.publish("apps", List.of(service("a", "/", new Route.Availability.Asleep(), InstanceState.ASLEEP)));
        assertThat(explain("http://a/").outcome()).isEqualTo("held");
        assertThat(explain("http://a/").because()).containsExactly("route a/ takes it, and leads to shop/api",
                "shop/api is asleep: the request wakes it, and is held until then", "shop/api/1 at 127.0.0.1:4001 is asleep: reason 1");
    }

    @Test
    void aServiceThatIsDownOrNotReadyIsA503() {
        routes.publish("apps", List.of(service("a", "/", new Route.Availability.Down(InstanceState.STOPPED, "stopped by a user")),
                service("b", "/", new Route.Availability.Serving(), InstanceState.STARTING)));
        assertThat(explain("http://a").status()).isEqualTo(503);
        assertThat(explain("http://a").because()).containsExactly("route a/ takes it, and leads to shop/api",
                "the proxy answers 503: shop/api is stopped: stopped by a user; see: reeve explain shop/api");
        assertThat(explain("http://b/").status()).isEqualTo(503);
        assertThat(explain("http://b/").because()).contains("the proxy answers 503 for now: no instance of shop/api is ready",
                "shop/api/1 at 127.0.0.1:4001 gets nothing: starting: reason 1");
    }

    @Test
    void aServiceInMaintenanceIsA503AndTheMessageIsSaid() {
        routes.publish("apps", List.of(service("a", "/", new Route.Availability.Maintenance("back at noon"), InstanceState.RUNNING)));
        assertThat(explain("http://a").status()).isEqualTo(503);
        assertThat(explain("http://a").because()).contains(
                "the proxy answers 503: shop/api is in maintenance, as a user asked: back at noon");
    }

    @Test
    void anInstanceThatWasEjectedSaysForHowLong() {
        routes.publish("apps", List.of(service("a", "/", new Route.Availability.Serving(), InstanceState.RUNNING, InstanceState.RUNNING)));
        var balancer = routes.table().find("a", "/").orElseThrow().balancer();
        var failing = Objects.requireNonNull(balancer.take(0, () -> 0, NOW, List.of()));
        failing.end();
        for (int i = 0; i < 5; i++) {
            balancer.failed(failing, false, NOW);
        }
        assertThat(explain("http://a/").because()).contains(
                failing + " gets nothing for 10 s: its connections failed").anyMatch(line -> line.contains(" may get it: running"));
        assertThat(Objects.requireNonNull(explain("http://a/").route()).targets()).extracting(RouteRow.TargetRow::ejected)
                .containsExactlyInAnyOrder(Duration.ofSeconds(10), Duration.ZERO);
    }

    @Test
    void whatNoRouteCoversNamesThoseThatAreNear() {
        assertThat(explain("http://a/").because()).containsExactly("the proxy answers 404: no route covers it",
                "there are no routes; a service gets one by `route: { host: a }`");
        var many = new ArrayList<Route>();
        for (int i = 0; i < 8; i++) {
            many.add(external("host" + i + ".org", "/", 1 + i));
        }
        many.add(external("shop.localhost", "/api", 20));
        routes.publish("apps", many);
        assertThat(explain("http://shp.localhost/").because()).containsExactly("the proxy answers 404: no route covers it",
                "no route is for the host shp.localhost; did you mean 'shop.localhost'?",
                "hosts with a route: host0.org, host1.org, host2.org, host3.org, host4.org, host5.org and 3 more");
        assertThat(explain("http://shop.localhost/apix").because()).containsExactly("the proxy answers 404: no route covers it",
                "the host shop.localhost has routes for other paths only: /api");
        assertThat(explain("http://shop.localhost/apix").status()).isEqualTo(404);
    }

    @Test
    void theDoorMayBeWrongWhereTheRouteIsRight() {
        routes.publish("apps", List.of(external("a", "/", 1), external("*", "/", 2)));
        proxy = Optional.of(Address.loopback(8080));
        assertThat(explain("http://a:8080/").because()).containsExactly("route a/ takes it, and leads to the external backend 127.0.0.1:1",
                "route */ (to the external backend 127.0.0.1:2) covers it too, but its host is less specific");
        assertThat(explain("http://[::1]/x?y").because()).last()
                .isEqualTo("the proxy listens on 127.0.0.1:8080, not on port 80: ask http://[::1]:8080/x?y");
        assertThat(explain("https://a/").because()).last().asString().startsWith("the proxy speaks plain HTTP, on 127.0.0.1:8080");
        proxy = Optional.empty();
        assertThat(explain("http://a/").because()).last().isEqualTo("the proxy does not listen now");
    }

    @Test
    void whatBecomesOfTheRequestOnItsWayIsSaid() {
        var stripped = new RouteSpec("a", "/api").with(new RouteHandling(new RouteHandling.PathChange.StripPrefix(),
                RouteHandling.AmbiguousPaths.UNLESS_ALONE, Optional.empty()));
        var posted = new RouteSpec("a", "/api", PathKind.PREFIX, new RouteConditions(List.of("POST"), List.of()), RouteHandling.PLAIN);
        routes.publish("apps", List.of(new Route(stripped, new Route.ToExternal(Address.loopback(1))),
                new Route(posted, new Route.ToExternal(Address.loopback(2))),
                new Route(new RouteSpec("a", "/old"), new Route.ToRedirect(new Redirect("https://b{path}", 308)))));
        assertThat(explain("http://a/api/x").because()).containsExactly(
                "route a/api takes it, and leads to the external backend 127.0.0.1:1", "it is forwarded without /api",
                "route a/api [POST] (to the external backend 127.0.0.1:2) covers it too, but asks for more than a GET without headers");
        assertThat(explain("http://a/api%2Fx").outcome()).isEqualTo("refused");
        assertThat(explain("http://a/api/%2F").status()).isEqualTo(400);
        assertThat(explain("http://a/api/%2F").because()).last().asString().contains("ambiguous_paths");
        assertThat(explain("http://a/old").outcome()).isEqualTo("redirected");
        assertThat(explain("http://a/old").because()).contains("the proxy answers 308 and sends the client to https://b{path}");
        assertThat(explain("http://a/old").route()).isNotNull()
                .satisfies(row -> assertThat(row.to()).isEqualTo("redirect 308 to https://b{path}"));
        routes.publish("apps", List.of(new Route(posted, new Route.ToExternal(Address.loopback(2)))));
        assertThat(explain("http://a/api").because()).containsExactly("the proxy answers 404: no route covers it",
                "route a/api [POST] (to the external backend 127.0.0.1:2) covers it, but asks for more than a GET without headers");
    }

    @Test
    void whatTheProxyCannotReadIsRefusedInItsWords() {
        assertThat(explain("http://a b/").because()).containsExactly("the proxy answers 400: the request line does not end in a version");
        assertThat(explain("http://a..b/").status()).isEqualTo(400);
        for (String wrong : List.of("shop/api", "ftp://a/", "http://a/\r\nHost: b")) {
            assertThatThrownBy(() -> explain(wrong)).isInstanceOf(Failure.class).hasMessageContaining("expected a URL such as");
        }
    }
}
