package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reeve.base.SystemTime;
import reeve.model.Access;
import reeve.model.Address;
import reeve.model.InstanceState;
import reeve.model.RouteHandling;
import reeve.model.RouteSpec;
import reeve.model.ServiceId;
import reeve.serve.route.Route;
import reeve.sleep.WakeGate;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;

/// Who somebody is, on the wire: passwords, forward auth, other sites' pages, and what backends learn of addresses.
@Tag("it")
@Timeout(30)
class AuthTest {
    private static final String SECRET = "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="; // of the word itself
    private static final ServiceId GUARD = ServiceId.of("wiki", "guard");

    private final ProxyFixture fixture = new ProxyFixture(new SystemTime(), settings -> settings);
    private final List<RawBackend> backends = new ArrayList<>();
    private RawBackend backend;

    @BeforeEach
    void begin() throws IOException {
        backend = add(RawBackend.answering(request -> RawBackend.ok("seen " + request.body())));
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
        for (RawBackend each : backends) {
            each.close();
        }
    }

    private RawBackend add(RawBackend next) {
        backends.add(next);
        return next;
    }

    private void route(Access access, Route... others) {
        route(access, new Route.Availability.Serving(), others);
    }

    private void route(Access access, Route.Availability availability, Route... others) {
        var spec = new RouteSpec("a", "/").with(RouteHandling.PLAIN.with(access));
        var target = new Route.Target(ProxyFixture.WEB.instance(1), backend.address(), InstanceState.RUNNING, 1);
        var service = new Route.ToService(ProxyFixture.WEB, availability instanceof Route.Availability.Asleep, availability,
                availability instanceof Route.Availability.Asleep ? List.of() : List.of(target));
        fixture.sources.publish("apps", Stream.concat(Stream.of(new Route(spec, service)), Stream.of(others)).toList());
    }

    private static String request(String method, String... lines) {
        return method + " /x?y HTTP/1.1\r\nHost: a\r\n" + Stream.of(lines).map(line -> line + "\r\n").reduce("", String::concat) + "\r\n";
    }

    private static String get(String... lines) {
        return request("GET", lines);
    }

    private static String basic(String credentials) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(credentials.getBytes());
    }

    private static Access passwords(boolean remove) {
        return Access.OPEN.with(new Access.Basic("back office", List.of("jo:" + SECRET), Optional.empty(), remove));
    }

    private String seenHead() {
        return backend.requests().getLast().head();
    }

    @Test
    void whoHasNoPasswordIs401AndWakesNothing() throws IOException {
        route(passwords(false), new Route.Availability.Asleep());
        try (RawConnection client = fixture.connect()) {
            for (String request : List.of(get(), get(basic("jo:wrong")), get(basic("jim:secret")), get("Authorization: Bearer x"))) {
                RawConnection.Message answer = client.send(request).readMessage();
                assertThat(answer.status()).as(request).isEqualTo(401);
                assertThat(answer.header("WWW-Authenticate")).isEqualTo("Basic realm=\"back office\", charset=\"UTF-8\"");
            }
        }
        assertThat(fixture.wakeGate.waiting).isEmpty();
        assertThat(backend.connections()).isZero();
    }

    @Test
    void whoHasOnePassesWithTheirBodyAndIsKnownTheNextTime() throws IOException {
        route(passwords(false));
        String post = request("POST", basic("jo:secret"), "Content-Length: 2") + "hi";
        try (RawConnection client = fixture.connect()) {
            assertThat(client.send(post + post).readMessage().body()).isEqualTo("seen hi");
            assertThat(client.readMessage().body()).isEqualTo("seen hi");
        }
        assertThat(seenHead()).contains(basic("jo:secret"));
        route(passwords(true));
        assertThat(fixture.ask(get(basic("jo:secret"))).status()).isEqualTo(200);
        assertThat(seenHead()).doesNotContain("Authorization");
    }

    private Access asking(Address guard, String... copied) {
        return Access.OPEN.with(new Access.Forward("guard.example:91", Optional.of(guard), "/verify?r", List.of(copied),
                Duration.ofSeconds(2)));
    }

    @Test
    void theQuestionTellsWhatTheRequestIs() throws IOException {
        RawBackend guard = add(RawBackend.answering(_ -> "HTTP/1.1 204 No Content\r\n\r\n"));
        route(asking(guard.address()));
        String post = request("POST", "Cookie: c=1", "Content-Length: 2", "X-Forwarded-Uri: /lie", "X-Forwarded-For: 1.2.3.4",
                "If-None-Match: x") + "hi";
        assertThat(fixture.ask(post).body()).isEqualTo("seen hi");
        String question = guard.requests().getFirst().head();
        assertThat(question).startsWith("GET /verify?r HTTP/1.1\r\nHost: guard.example:91\r\n")
                .contains("Cookie: c=1\r\n", "X-Forwarded-Method: POST\r\n", "X-Forwarded-Uri: /x?y\r\n", "X-Forwarded-Host: a\r\n",
                        "X-Forwarded-Proto: http\r\n", "X-Forwarded-For: 127.0.0.1\r\n")
                .doesNotContain("/lie", "Content-Length", "If-None-Match", "1.2.3.4");
        assertThat(question.split("X-Forwarded-Host")).as("said once").hasSize(2);
    }

    @Test
    @DisplayName("GHSA-7r4p-vjf4-gxv4: headers of the answer take the place of those of the client, also where it says none")
    void headersOfTheAnswerTakeThePlaceOfThoseOfTheClient() throws IOException {
        var user = new ArrayList<String>(List.of("Remote-User: jo\r\n", ""));
        RawBackend guard = add(RawBackend.answering(_ -> "HTTP/1.1 200 OK\r\n" + user.removeFirst()
                + "Not-Copied: x\r\nContent-Length: 2\r\n\r\nok"));
        route(asking(guard.address(), "remote-user", "remote-groups"));
        String lying = get("Remote-User: root", "REMOTE-groups: admin", "Remote_User: root");
        assertThat(fixture.ask(lying).status()).isEqualTo(200);
        assertThat(seenHead()).contains("Remote-User: jo\r\n").doesNotContain("root", "admin", "Not-Copied");
        assertThat(fixture.ask(lying).status()).isEqualTo(200);
        assertThat(seenHead()).doesNotContainIgnoringCase("remote");
    }

    @Test
    void anythingElseIsTheClientsAnswer() throws IOException {
        RawBackend guard = add(RawBackend.answering(_ -> "HTTP/1.1 302 Found\r\nLocation: https://login.example/?back\r\n"
                + "Set-Cookie: a=1\r\n"
                + "Set-Cookie: b=2\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nlogin\r\n0\r\n\r\n"));
        route(asking(guard.address()), new Route.Availability.Asleep());
        try (RawConnection client = fixture.connect()) {
            for (int i = 0; i < 2; i++) {
                RawConnection.Message answer = client.send(get()).readMessage();
                assertThat(answer.status()).isEqualTo(302);
                assertThat(answer.head()).contains("Location: https://login.example/?back\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n",
                        "Content-Length: 5\r\n").doesNotContain("chunked");
                assertThat(answer.body()).isEqualTo("login");
            }
        }
        assertThat(fixture.wakeGate.waiting).isEmpty();
        assertThat(guard.connections()).as("kept").isEqualTo(1);
    }

    @Test
    void whoCannotBeAskedLetsNobodyPass() throws IOException {
        Address nobody;
        try (var closed = RawBackend.answering(_ -> "")) {
            nobody = closed.address();
        }
        route(asking(nobody));
        assertThat(fixture.ask(get()).status()).isEqualTo(502);
        RawBackend mute = add(RawBackend.serving((connection, _) -> connection.readToEnd()));
        route(asking(mute.address()));
        assertThat(fixture.ask(get()).status()).isEqualTo(504);
        RawBackend half = add(RawBackend.serving((connection, _) -> {
            connection.readMessage();
            connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\n\r\nhalf");
        }));
        route(asking(half.address()));
        assertThat(fixture.ask(get()).status()).isEqualTo(502);
        RawBackend endless = add(RawBackend.serving((connection, _) -> {
            connection.readMessage();
            connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(100_000));
            connection.ended();
        }));
        route(asking(endless.address()));
        assertThat(fixture.ask(get()).status()).isEqualTo(502);
        route(Access.OPEN.with(new Access.Forward("nobody.example", Optional.empty(), "/", List.of(), Duration.ofSeconds(2))));
        assertThat(fixture.ask(get()).status()).isEqualTo(502);
        assertThat(backend.connections()).isZero();
        await().until(() -> fixture.inFlight() == 0);
    }

    @Test
    void aSleepingServiceOfThisNodeIsWokenToBeAsked() throws IOException {
        RawBackend guard = add(RawBackend.answering(_ -> "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        Access access = Access.OPEN.with(new Access.Forward("guard.example", Optional.empty(), "/v", List.of(), Duration.ofSeconds(5)));
        // the guard's own route asks itself, too: its own questions must not be asked about
        var spec = new RouteSpec("guard.example", "/").with(RouteHandling.PLAIN.with(access));
        route(access, new Route(spec, new Route.ToService(GUARD, true, new Route.Availability.Asleep(), List.of())));
        try (RawConnection client = fixture.connect().send(get())) {
            await().until(() -> fixture.wakeGate.waiting.size() == 1);
            route(access, new Route(spec, new Route.ToService(GUARD, true, new Route.Availability.Serving(),
                    List.of(new Route.Target(GUARD.instance(1), guard.address(), InstanceState.RUNNING, 1)))));
            fixture.wakeGate.finish(new WakeGate.Outcome.Awake());
            assertThat(client.readMessage().body()).isEqualTo("seen ");
        }
        assertThat(guard.requests()).hasSize(1);
    }

    @Test
    void aClientThatLeavesTakesItsQuestionAlong() throws IOException {
        RawBackend mute = add(RawBackend.serving((connection, _) -> connection.readToEnd()));
        route(asking(mute.address()));
        try (RawConnection client = fixture.connect().send(get())) {
            await().until(() -> mute.connections() == 1);
            assertThat(client).isNotNull();
        }
        await().until(() -> fixture.proxy.connections() == 0);
        assertThat(fixture.ask("GET / HTTP/1.1\r\nHost: other\r\n\r\n").status()).as("nothing is broken").isEqualTo(404);
    }

    private static final Access CORS = Access.OPEN.with(new Access.Cors(List.of("https://app.example", "https://*.sub.example"),
            List.of("PUT"), List.of("x-token"), List.of("x-count"), true, Duration.ofMinutes(5)))
            .with(new Access.Basic("r", List.of("jo:" + SECRET), Optional.empty(), false));

    @Test
    void aBrowsersQuestionIsAnsweredHereBeforePasswordsAndWithoutAWake() throws IOException {
        route(CORS, new Route.Availability.Asleep());
        RawConnection.Message answer = fixture.ask(request("OPTIONS", "Origin: https://app.example", "Access-Control-Request-Method: PUT",
                "Access-Control-Request-Headers: x-token"));
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.head()).contains("Access-Control-Allow-Origin: https://app.example\r\nAccess-Control-Allow-Credentials: true\r\n"
                + "Access-Control-Allow-Methods: GET, HEAD, POST, PUT\r\nAccess-Control-Allow-Headers: x-token\r\n"
                + "Access-Control-Max-Age: 300\r\nVary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\n")
                .doesNotContain("Content-Length");
        for (String origin : List.of("https://evil.example", "http://app.example", "https://app.example.evil", "https://sub.example",
                "https://evilsub.example", "https://a/.sub.example", "null")) {
            answer = fixture.ask(request("OPTIONS", "Origin: " + origin, "Access-Control-Request-Method: PUT"));
            assertThat(answer.head()).as(origin).doesNotContain("Access-Control-Allow").contains("Vary: Origin");
        }
        assertThat(fixture.ask(request("OPTIONS", "Origin: https://a.b.sub.example", "Access-Control-Request-Method: PUT")).head())
                .contains("Access-Control-Allow-Origin: https://a.b.sub.example\r\n");
        assertThat(fixture.wakeGate.waiting).isEmpty();
        assertThat(fixture.ask(request("OPTIONS", "Origin: https://app.example")).status()).as("no such question").isEqualTo(401);
    }

    @Test
    void answersSayWhoMayReadThemAndBackendsDoNot() throws IOException {
        backend = add(RawBackend.answering(_ ->
                "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nVary: Accept\r\nContent-Length: 0\r\n\r\n"));
        route(CORS);
        String head = fixture.ask(get("Origin: https://app.example", basic("jo:secret"))).head();
        assertThat(head).contains("Vary: Accept\r\n", "Access-Control-Allow-Origin: https://app.example\r\n"
                + "Access-Control-Allow-Credentials: true\r\nAccess-Control-Expose-Headers: x-count\r\nVary: Origin\r\n")
                .doesNotContain("Allow-Origin: *");
        assertThat(fixture.ask(get("Origin: https://evil.example", basic("jo:secret"))).head()).contains("Vary: Origin\r\n")
                .doesNotContain("Access-Control");
        assertThat(fixture.ask(get(basic("jo:secret"))).head()).contains("Vary: Origin\r\n").doesNotContain("Access-Control");
    }

    @Test
    void backendsLearnAsMuchOfTheAddressAsTheRouteSays() throws IOException {
        String[] said = {"X-Forwarded-For: 9.9.9.9", "X-Real-IP: 9.9.9.9"};
        route(Access.OPEN.with(Access.ForwardedFor.DROP));
        fixture.ask(get(said));
        assertThat(seenHead()).doesNotContain("X-Forwarded-For", "X-Real-IP", "127.0.0.1").contains("X-Forwarded-Proto: http\r\n");
        route(Access.OPEN.with(Access.ForwardedFor.PASS));
        fixture.ask(get(said));
        assertThat(seenHead()).containsIgnoringCase("X-Forwarded-For: 9.9.9.9\r\n").doesNotContain("127.0.0.1");
        fixture.ask(get());
        assertThat(seenHead()).doesNotContainIgnoringCase("X-Forwarded-For");
    }
}
