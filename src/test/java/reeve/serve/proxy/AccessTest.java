package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.base.SystemTime;
import reeve.model.Access;
import reeve.model.AddressRange;
import reeve.model.InstanceState;
import reeve.model.Redirect;
import reeve.model.RouteHandling;
import reeve.model.RouteSpec;
import reeve.serve.route.Route;
import reeve.sleep.WakeGate;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;
import reeve.testing.VirtualTime;

/// What the rules of a route let through, on the wire.
@Tag("it")
@Timeout(30)
class AccessTest {
    private final VirtualTime time = new VirtualTime();
    private ProxyFixture fixture = new ProxyFixture(time, settings -> settings);
    private RawBackend backend;

    /// Where a route leads.
    private enum Leads { TO_A_SERVICE, TO_A_SLEEPING_SERVICE, TO_AN_EXTERNAL_BACKEND, ELSEWHERE }

    @BeforeEach
    void begin() throws IOException {
        backend = RawBackend.answering(request -> RawBackend.ok("seen"));
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
        backend.close();
    }

    private void route(Access access) {
        route(access, Leads.TO_A_SERVICE);
    }

    private void route(Access access, Leads leads) {
        var spec = new RouteSpec("a", "/").with(RouteHandling.PLAIN.with(access));
        var target = new Route.Target(ProxyFixture.WEB.instance(1), backend.address(), InstanceState.RUNNING, 1);
        fixture.sources.publish("apps", List.of(new Route(spec, switch (leads) {
            case TO_A_SERVICE -> new Route.ToService(ProxyFixture.WEB, false, new Route.Availability.Serving(), List.of(target));
            case TO_A_SLEEPING_SERVICE -> new Route.ToService(ProxyFixture.WEB, true, new Route.Availability.Asleep(), List.of());
            case TO_AN_EXTERNAL_BACKEND -> new Route.ToExternal(backend.address());
            case ELSEWHERE -> new Route.ToRedirect(new Redirect("https://b{path}", 302));
        })));
    }

    private static Access denying(String range) {
        return Access.OPEN.with(new Access.Addresses(List.of(), List.of(AddressRange.parse(range))));
    }

    private static String get(String... lines) {
        return "GET / HTTP/1.1\r\nHost: a\r\n" + Stream.of(lines).map(line -> line + "\r\n").reduce("", String::concat) + "\r\n";
    }

    private List<String> refusals() {
        var refusals = new ArrayList<String>();
        fixture.traffic.refusals().visit((route, reason, requests) -> refusals.add(route + " " + reason.word() + " " + requests));
        return refusals;
    }

    @ParameterizedTest
    @EnumSource(Leads.class)
    void aRefusedRequestReachesAndWakesNothingWhereverItsRouteLeads(Leads leads) throws IOException {
        route(denying("127.0.0.0/8"), leads);
        try (RawConnection client = fixture.connect()) {
            for (int i = 0; i < 2; i++) {
                RawConnection.Message answer = client.send(get()).readMessage();
                assertThat(answer.status()).isEqualTo(403);
                assertThat(answer.body()).isEqualTo("cannot take the request: its address is not allowed here\n");
                assertThat(answer.header("Connection")).as("the connection goes on").isEmpty();
            }
        }
        assertThat(backend.connections()).isZero();
        assertThat(fixture.wakeGate.waiting).isEmpty();
        assertThat(refusals()).containsExactly("a/ address 2");
        assertThat(fixture.inFlight()).isZero();
    }

    @Test
    void theClientOfATrustedProxyCountsNotTheProxy() throws IOException {
        fixture.close();
        var edge = new ProxySettings.Edge(List.of(AddressRange.parse("127.0.0.1")), false, false);
        fixture = new ProxyFixture(new SystemTime(), settings -> settings.withEdge(edge));
        route(denying("198.51.100.0/24"));
        assertThat(fixture.ask(get("X-Forwarded-For: 198.51.100.7")).status()).isEqualTo(403);
        assertThat(fixture.ask(get("X-Forwarded-For: 203.0.113.7")).status()).isEqualTo(200);
        assertThat(fixture.ask(get("X-Forwarded-For: 203.0.113.7, 198.51.100.7")).status()).as("the nearest").isEqualTo(403);
        route(denying("127.0.0.1"));
        assertThat(fixture.ask(get("X-Forwarded-For: 203.0.113.7")).status()).isEqualTo(200);
    }

    @Test
    void whatAClientThatIsNotTrustedSaysOfItsAddressDoesNotCount() throws IOException {
        route(denying("127.0.0.1"));
        assertThat(fixture.ask(get("X-Forwarded-For: 203.0.113.7", "X-Real-IP: 203.0.113.7")).status()).isEqualTo(403);
    }

    @Test
    void programsAreRefusedByWhatTheySayAndToldWhy() throws IOException {
        route(Access.OPEN.with(new Access.Callers(List.of("TweetmemeBot"), true, List.of("spam"))));
        assertThat(fixture.ask(get()).body()).isEqualTo("cannot take the request: requests must have a user agent\n");
        assertThat(fixture.ask(get("User-Agent:")).status()).isEqualTo(403);
        assertThat(fixture.ask(get("user-agent: x tweetmemebot/1")).body())
                .isEqualTo("cannot take the request: its user agent is blocked\n");
        assertThat(fixture.ask(get("User-Agent: x", "Referer: http://SPAM/")).body())
                .isEqualTo("cannot take the request: its referer is blocked\n");
        assertThat(fixture.ask(get("User-Agent: x", "Referer: http://a/")).status()).isEqualTo(200);
        assertThat(refusals()).containsExactly("a/ agent 3", "a/ referer 1");
    }

    @Test
    void aClientThatIsTooFastGets429AndLearnsWhenToComeBack() throws IOException {
        route(Access.OPEN.withClientRate(new Access.Rate(6, Duration.ofMinutes(1), 2)));
        for (int i = 0; i < 3; i++) {
            assertThat(fixture.ask(get()).status()).as("on connections of two loops").isEqualTo(200);
        }
        RawConnection.Message answer = fixture.ask(get());
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("Retry-After")).isEqualTo("10");
        assertThat(answer.body()).isEqualTo("cannot take the request: its client makes more than 6 requests in 1m\n");
        fixture.sources.change("apps", List.of(new Route(new RouteSpec("b", "/"), new Route.ToExternal(backend.address()))), List.of());
        assertThat(fixture.ask(get()).status()).as("in the next table, too").isEqualTo(429);
        time.advance(Duration.ofSeconds(11));
        assertThat(fixture.ask(get()).status()).isEqualTo(200);
        assertThat(fixture.ask(get()).status()).isEqualTo(429);
    }

    @Test
    void aRequestThatIsHeldCountsOnceAndMayPassWhenItsServiceIsAwake() throws IOException {
        Access once = Access.OPEN.withClientRate(new Access.Rate(1, Duration.ofHours(1), 0));
        route(once, Leads.TO_A_SLEEPING_SERVICE);
        try (RawConnection client = fixture.connect().send(get())) {
            await().until(() -> fixture.wakeGate.waiting.size() == 1);
            assertThat(fixture.ask(get()).status()).isEqualTo(429);
            assertThat(fixture.wakeGate.waiting).hasSize(1);
            route(once);
            fixture.wakeGate.finish(new WakeGate.Outcome.Awake());
            assertThat(client.readMessage().body()).isEqualTo("seen");
        }
    }

    @Test
    void aBodyThatClaimsToBeTooLongIsRefusedBeforeItComes() throws IOException {
        route(Access.OPEN.withMaxBody(10), Leads.TO_A_SLEEPING_SERVICE);
        try (RawConnection client = fixture.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n");
            RawConnection.Message answer = client.readMessage();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(answer.body()).isEqualTo("cannot take the request: its body has more than 10 bytes\n");
            assertThat(client.readToEnd()).isEmpty();
        }
        assertThat(fixture.wakeGate.waiting).isEmpty();
        route(Access.OPEN.withMaxBody(10));
        assertThat(fixture.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aChunkedBodyIsRefusedWhereItBecomesTooLong(boolean atOnce) throws IOException {
        route(Access.OPEN.withMaxBody(10));
        String head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        assertThat(fixture.ask(head + "5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n").status()).isEqualTo(200);
        try (RawConnection client = fixture.connect()) {
            if (atOnce) {
                client.send(head + "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
            } else {
                client.send(head + "5\r\nhello\r\n");
                await().until(() -> fixture.inFlight() == 1);
                client.send("FFFF\r\n" + "x".repeat(6));
            }
            assertThat(client.readMessage().status()).isEqualTo(413);
            if (atOnce) {
                assertThat(client.send(get()).readMessage().status()).as("after a body that was read whole").isEqualTo(200);
            } else {
                assertThat(client.readToEnd()).isEmpty();
            }
        }
        await().until(() -> fixture.inFlight() == 0);
        assertThat(backend.requests()).as("no other with a body reached the backend whole").filteredOn(r -> !r.body().isEmpty()).hasSize(1);
        assertThat(refusals()).containsExactly("a/ body 1");
    }
}
