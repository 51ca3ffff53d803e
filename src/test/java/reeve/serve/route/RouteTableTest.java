package reeve.serve.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.model.Address;
import reeve.model.InstanceState;
import reeve.model.RouteHandling;
import reeve.model.RouteSpec;
import reeve.model.ServiceId;

class RouteTableTest {
    private final RouteSources sources = new RouteSources(List.of("first", "second"));

    private static Route external(String host, String path, int port) {
        return new Route(new RouteSpec(host, path), new Route.ToExternal(Address.loopback(port)));
    }

    private static Route service(String host, String path, ServiceId service, InstanceState state, int... weights) {
        var targets = new ArrayList<Route.Target>();
        for (int i = 0; i < weights.length; i++) {
            targets.add(new Route.Target(service.instance(i + 1), Address.loopback(5000 + i), state, weights[i]));
        }
        return new Route(new RouteSpec(host, path), new Route.ToService(service, false, new Route.Availability.Serving(), targets));
    }

    /// The route a request takes, as text; `none` without one.
    private String take(String host, String path) {
        return sources.table().find(host, path).map(e -> e.route().spec().toString()).orElse("none");
    }

    @ParameterizedTest
    @CsvSource({"a.example.org, /, a.example.org/", "A.EXAMPLE.Org, /, a.example.org/", "a.example.org., /, a.example.org/",
            "a.example.org, /x, a.example.org/",
            "a.example.org, /api, a.example.org/api", "a.example.org, /api/, a.example.org/api",
                    "a.example.org, /api/v1/x, a.example.org/api/v1",
            "a.example.org, /apix, a.example.org/", "a.example.org, /API, a.example.org/", "a.example.org, //api, a.example.org/api",
                    "a.example.org, /api//v1, a.example.org/api/v1",
            "a.example.org, /%61pi, a.example.org/api", "b.example.org, /, *.example.org/", "c.b.example.org, /, *.example.org/",
                    "x.deep.example.org, /, *.deep.example.org/",
            "deep.example.org, /, *.example.org/", "example.org, /, */", "xexample.org, /, */", ".example.org, /, *.example.org/",
                    "other.com, /legacy/z, */legacy", "other.com, /, */",
            "'', /, */", "only.org, /app/x, only.org/app", "only.org, /legacy, */legacy", "only.org, /, */",
                    "a.example.org, *, a.example.org/", "a.example.org, '', a.example.org/",
            "slash.org, /dir, slash.org/dir/", "slash.org, /dir/x, slash.org/dir/", "slash.org, /dirx, */"})
    void theMostSpecificHostAndPathWin(String host, String path, String expected) {
        sources.publish("first",
                List.of(external("*", "/", 1), external("*", "/legacy", 2), external("*.example.org", "/", 3),
                external("*.deep.example.org", "/", 4),
                external("a.example.org", "/", 5), external("a.example.org", "/api", 6), external("a.example.org", "/api/v1", 7),
                        external("only.org", "/app", 8),
                external("slash.org", "/dir/", 9)));
        assertThat(take(host, path)).isEqualTo(expected);
    }

    @Test
    void everyRouteThatCoversARequestIsFoundInTheOrderInWhichItWouldTakeIt() {
        sources.publish("first", List.of(external("*", "/", 1), external("*.org", "/", 2), external("a.org", "/", 3),
                external("a.org", "/api", 4), external("a.org", "/apix", 5), external("b.org", "/", 6)));
        assertThat(sources.table().covering("A.org", "/api/x", 9)).extracting(covering -> covering.entry().route().spec().toString())
                .containsExactly("a.org/api", "a.org/", "*.org/", "*/");
        assertThat(sources.table().covering("a.org", "/api/x", 2)).hasSize(2);
        assertThat(sources.table().covering("a.org", "/api", 1).getFirst().entry()).isSameAs(sources.table().find("a.org",
                "/api").orElseThrow());
    }

    @Test
    void anEmptyTableMatchesNothing() {
        assertThat(take("a", "/")).isEqualTo("none");
        sources.publish("first", List.of(external("a", "/x", 1)));
        assertThat(take("a", "/")).isEqualTo("none");
        assertThat(take("b", "/x")).isEqualTo("none");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 99, 101, 10_000})
    @DisplayName("attack class 5: hosts are judged alike whatever the size of the table")
    void hostsAreJudgedAlikeWhateverTheSizeOfTheTable(int size) {
        var routes = new ArrayList<Route>();
        for (int i = 0; i < size; i++) {
            routes.add(external("host" + i + ".example", "/", 1 + i));
        }
        sources.publish("first", routes);
        for (int i : new int[] {0, size / 2, size - 1}) {
            assertThat(take("HOST" + i + ".Example.", "/p")).isEqualTo("host" + i + ".example/");
            assertThat(take("xhost" + i + ".example", "/p")).isEqualTo("none");
            assertThat(take("host" + i + ".example..", "/p")).isEqualTo("none");
        }
    }

    @Test
    void aLargeTableAgreesWithAMap() {
        var random = new Random(7);
        Map<String, Integer> expected = new HashMap<>();
        var routes = new ArrayList<Route>();
        for (int i = 0; i < 20_000; i++) {
            String path = "/" + Integer.toString(random.nextInt(5000), 36) + "/" + random.nextInt(3);
            if (expected.putIfAbsent(path, i % 60_000 + 1) == null) {
                routes.add(external("*", path, i % 60_000 + 1));
            }
        }
        sources.publish("first", routes);
        expected.forEach((path, port) -> assertThat(take("any", path + "/more")).isEqualTo("*" + path));
        assertThat(take("any", "/zzzz/9")).isEqualTo("none");
    }

    @Test
    void hostAndPathAreReadFromTheMiddleOfAnArray() {
        sources.publish("first", List.of(external("*.b", "/x", 1)));
        byte[] bytes = "GET /x/y?z HTTP/1.1 Host: A.b:80".getBytes(StandardCharsets.US_ASCII);
        assertThat(sources.table().match(new RouteRequest((_, _) -> false).at(bytes, 26, 29, 4, 8))).isNotNull();
    }

    @Test
    void theStrongerSourceWinsAndTheLoserTakesOverWhenItGoes() {
        sources.publish("second", List.of(external("a", "/x/", 2)));
        sources.publish("first", List.of(external("a", "/x", 1), external("a", "/x", 3)));
        assertThat(sources.table().find("a", "/x").orElseThrow().source()).isEqualTo("first");
        assertThat(sources.conflicts()).extracting(Object::toString).containsExactly(
                "a/x: 127.0.0.1:1 of source 'first' hides 127.0.0.1:3 of source 'first'",
                "a/x/: 127.0.0.1:1 of source 'first' hides 127.0.0.1:2 of source 'second'");
        sources.publish("first", List.of());
        assertThat(sources.table().find("a", "/x").orElseThrow().source()).isEqualTo("second");
        assertThat(sources.conflicts()).isEmpty();
        assertThatThrownBy(() -> sources.publish("third", List.of())).hasMessageContaining("no source is named 'third'");
    }

    @Test
    void eachPublicationIsHeardWithAHigherVersion() {
        var versions = new ArrayList<Long>();
        sources.onPublish(table -> versions.add(table.version()));
        sources.publish("first", List.of());
        sources.publish("second", List.of());
        assertThat(versions).containsExactly(1L, 2L);
    }

    @Test
    void inFlightCountsOutliveRepublication() {
        ServiceId web = ServiceId.of("wiki", "web");
        sources.publish("first", List.of(service("a", "/", web, InstanceState.RUNNING, 1)));
        Backend before = sources.table().find("a", "/").orElseThrow().balancer().choose(0, () -> 0, 0, List.of());
        assertThat(before).isNotNull();
        before.begin();
        sources.publish("first",
                List.of(service("a", "/", web, InstanceState.RUNNING, 1), service("b", "/", web, InstanceState.RUNNING, 1)));
        assertThat(sources.table().find("b", "/").orElseThrow().balancer().choose(0, () -> 0, 0, List.of())).isSameAs(before);
        sources.publish("first", List.of());
        sources.publish("first", List.of(service("a", "/", web, InstanceState.ASLEEP, 1)));
        RouteTable.TargetView view = sources.table().views().getFirst().targets().getFirst();
        assertThat(view.inFlight()).as("still at work while no route named it").isEqualTo(1);
        assertThat(view.state()).contains(InstanceState.ASLEEP);
        before.end();
        assertThat(sources.table().views().getFirst().targets().getFirst().inFlight()).isZero();
    }

    @Test
    void onlyReadyTargetsWithAWeightAreChosen() {
        ServiceId web = ServiceId.of("wiki", "web");
        sources.publish("first",
                List.of(service("a", "/", web, InstanceState.STARTING, 1, 1), service("b", "/", web, InstanceState.RUNNING, 0, 3)));
        assertThat(sources.table().find("a", "/").orElseThrow().balancer().choose(0, () -> 0.5, 0, List.of())).isNull();
        assertThat(sources.table().find("b", "/").orElseThrow().balancer().choose(0, () -> 0.99, 0, List.of()))
                .hasToString("wiki/web/2 at 127.0.0.1:5001");
    }

    @Test
    void requestsFollowTheWeightsAndAvoidTheBusy() {
        sources.publish("first", List.of(service("a", "/", ServiceId.of("wiki", "web"), InstanceState.RUNNING, 1, 1, 2)));
        RouteEntry entry = sources.table().find("a", "/").orElseThrow();
        var random = new Random(1);
        for (int i = 0; i < 4000; i++) {
            Backend backend = entry.balancer().choose(0, random::nextDouble, 0, List.of());
            assertThat(backend).isNotNull();
            backend.begin();
        }
        assertThat(entry.backends()).extracting(Backend::inFlight).satisfiesExactly(
                n -> assertThat(n).isBetween(950, 1050), n -> assertThat(n).isBetween(950, 1050), n -> assertThat(n).isBetween(1900, 2100));
    }

    @Test
    void viewsShowServicesAndExternalBackends() {
        sources.publish("second",
                List.of(external("b", "/legacy", 80), service("a", "/", ServiceId.of("wiki", "web"), InstanceState.RUNNING, 5)));
        assertThat(sources.table().views()).extracting(RouteTable.View::spec).extracting(RouteSpec::toString)
                .containsExactly("a/", "b/legacy");
        RouteTable.View first = sources.table().views().getFirst();
        assertThat(first.service()).contains(ServiceId.of("wiki", "web"));
        assertThat(first.source()).isEqualTo("second");
        assertThat(first.targets().getFirst().weight()).isEqualTo(5);
        assertThat(sources.table().views().getLast().targets().getFirst().instance()).isEmpty();
    }

    private static Route weighted(int port, Optional<Integer> weight) {
        return new Route(new RouteSpec("a", "/").with(new RouteHandling(new RouteHandling.PathChange.None(),
                RouteHandling.AmbiguousPaths.UNLESS_ALONE, weight)), new Route.ToExternal(Address.loopback(port)));
    }

    private static int port(RouteEntry entry) {
        return entry.route().destination() instanceof Route.ToExternal external ? external.address().port() : 0;
    }

    @Test
    void routesOfOneSourceShareTheirRequestsByWeight() {
        sources.publish("first", List.of(weighted(1, Optional.of(95)), weighted(9, Optional.empty()), weighted(2, Optional.of(5)),
                weighted(3, Optional.of(0))));
        sources.publish("second", List.of(weighted(4, Optional.of(50))));
        RouteEntry entry = sources.table().find("a", "/").orElseThrow();
        assertThat(List.of(0.0, 0.949, 0.951, 0.999)).map(random -> port(entry.share(() -> random, null))).containsExactly(1, 1, 2, 2);
        assertThat(sources.conflicts()).extracting(RouteSources.Conflict::losing).containsExactly("127.0.0.1:9", "127.0.0.1:4");
        assertThat(sources.table().views()).hasSize(3);
        sources.publish("first", List.of(weighted(3, Optional.of(0))));
        assertThat(port(sources.table().find("a", "/").orElseThrow().share(() -> 0.5, null))).as("alone it takes all").isEqualTo(3);
    }

    @Test
    void aShareWhoseServiceIsDownGetsNothingAndARequestThatWaitedStaysWithItsService() {
        var spec = new RouteSpec("a", "/").with(new RouteHandling(new RouteHandling.PathChange.None(),
                RouteHandling.AmbiguousPaths.UNLESS_ALONE, Optional.of(1)));
        var down = new Route.Availability.Down(InstanceState.STOPPED, "");
        var up = new Route.Availability.Serving();
        ServiceId web = ServiceId.of("wiki", "web");
        ServiceId next = ServiceId.of("wiki", "next");
        sources.publish("first", List.of(new Route(spec, new Route.ToService(web, false, down, List.of())),
                new Route(spec, new Route.ToService(next, false, up, List.of()))));
        assertThat(sources.table().find("a", "/").orElseThrow().share(() -> 0, null).route().destination())
                .isInstanceOfSatisfying(Route.ToService.class, to -> assertThat(to.service()).isEqualTo(next));
        sources.publish("first", List.of(new Route(spec, new Route.ToService(web, true, up, List.of())),
                new Route(spec, new Route.ToService(next, false, up, List.of()))));
        assertThat(sources.table().find("a", "/").orElseThrow().share(() -> 0.9, web).route().destination())
                .isInstanceOfSatisfying(Route.ToService.class, to -> assertThat(to.service()).isEqualTo(web));
    }

    @Test
    void aChangeLeavesWhatItDoesNotTouch() {
        sources.publish("first", List.of(external("a", "/", 1), external("b", "/", 2), external("b", "/x", 3)));
        RouteTable before = sources.table();
        sources.change("first", List.of(external("b", "/x/", 4), external("c", "/", 5)), List.of(new RouteSpec("b", "/")));
        assertThat(sources.table().find("a", "/")).containsSame(before.find("a", "/").orElseThrow());
        assertThat(sources.table().views()).extracting(view -> view.spec() + " " + view.target())
                .containsExactly("a/ 127.0.0.1:1", "b/x/ 127.0.0.1:4", "c/ 127.0.0.1:5");
        assertThat(before.views()).as("the table that others still read").hasSize(3);
        sources.change("second", List.of(external("a", "/", 6)), List.of());
        assertThat(sources.conflicts()).hasSize(1);
        sources.change("first", List.of(), List.of(new RouteSpec("a", "/")));
        assertThat(sources.table().find("a", "/").orElseThrow().source()).isEqualTo("second");
        sources.publish("first", List.of());
        assertThat(sources.table().views()).hasSize(1);
    }

    @Test
    void routesThatStayKeepTheirEntryWhenTheirSourceIsPublishedAnew() {
        sources.publish("first", List.of(external("a", "/", 1), external("b", "/", 2)));
        RouteEntry kept = sources.table().find("a", "/").orElseThrow();
        sources.publish("first", List.of(external("a", "/", 1)));
        assertThat(sources.table().find("a", "/")).containsSame(kept);
        assertThat(sources.table().find("b", "/")).isEmpty();
    }
}
