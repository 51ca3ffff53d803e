package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static reeve.serve.proxy.EdgeFixture.line;
import static reeve.serve.proxy.EdgeFixture.set;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reeve.model.Address;
import reeve.model.HeaderChanges;
import reeve.model.InstanceState;
import reeve.model.Redirect;
import reeve.model.RouteEdge;
import reeve.serve.route.Route;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;

@Tag("it")
@Timeout(30)
class HeaderChangesTest {
    private final ProxyFixture fixture = new ProxyFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static RouteEdge answers(HeaderChanges changes) {
        return new RouteEdge(HeaderChanges.NONE, changes);
    }

    private static RouteEdge requests(HeaderChanges changes) {
        return new RouteEdge(changes, HeaderChanges.NONE);
    }

    @Test
    void linesOfARequestAreRemovedSetAndAdded() throws IOException {
        var changes = new HeaderChanges(
                List.of(line("X-Forwarded-Proto", "https"), line("X-Client", "{client};{method};{target};{scheme}")),
                List.of(line("X-More", "{path}|{query}")), List.of("cookie", "X-Forwarded-For", "X-Forwarded-Port"));
        try (var backend = RawBackend.answering(_ -> RawBackend.ok("x"))) {
            EdgeFixture.route(fixture, requests(changes), backend.address())
                    .ask("GET /a%20b?c=d HTTP/1.1\r\nHost: a.example:80\r\nCookie: a\r\nX-Client: evil\r\nX-More: 1\r\ncookie: b\r\n\r\n");
            assertThat(backend.requests().getFirst().head()).matches("GET /a%20b\\?c=d HTTP/1.1\r\nHost: a.example:80\r\nX-More: 1\r\n"
                    + "X-Forwarded-Host: a.example:80\r\nVia: 1.1 reeve-[0-9a-f]{8}\r\nX-Forwarded-Proto: https\r\n"
                    + "X-Client: 127.0.0.1;GET;/a%20b\\?c=d;http\r\nX-More: /a%20b\\|\\?c=d\r\n\r\n");
        }
    }

    @Test
    void connectionCannotRemoveWhatIsSet() throws IOException {
        try (var backend = RawBackend.answering(_ -> RawBackend.ok("x"))) {
            EdgeFixture.route(fixture, requests(set(line("X-User", "nobody"))), backend.address())
                    .ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: X-User\r\nX-User: root\r\n\r\n");
            assertThat(backend.requests().getFirst().head()).contains("X-User: nobody\r\n").doesNotContain("root");
        }
    }

    @Test
    void theHostIsSetForTheBackendAndLoggedAsItWasAskedFor() throws IOException {
        try (var backend = RawBackend.answering(_ -> RawBackend.ok("x"))) {
            Address to = backend.address();
            EdgeFixture.route(fixture, requests(set(line("Host", "{backend}"))), to).ask(ProxyFixture.get("/p"));
            assertThat(backend.requests().getFirst().head()).startsWith("GET /p HTTP/1.1\r\nHost: " + to + "\r\n")
                    .contains("X-Forwarded-Host: a.example\r\n").containsOnlyOnce("\r\nHost:");
            await().untilAsserted(() -> assertThat(fixture.logged()).contains("\"host\":\"a.example\",\"target\":\"/p\",\"status\":200"));
        }
    }

    @Test
    void linesOfAnAnswerAreRemovedSetAndAdded() throws IOException {
        var changes = new HeaderChanges(List.of(line("X-Frame-Options", "DENY"), line("Date", "never")),
                List.of(line("Link", "</{host}.css>"), line("Link", "<b>")), List.of("Server", "x-powered-by"));
        try (var backend = RawBackend.answering(_ -> "HTTP/1.1 200 OK\r\nServer: s\r\nX-Powered-By: p\r\nx-frame-options: ALLOWALL\r\n"
                + "Link: <a>\r\nContent-Length: 2\r\n\r\nhi")) {
            RawConnection.Message answer = EdgeFixture.route(fixture, answers(changes), backend.address()).ask(ProxyFixture.get("/"));
            assertThat(answer.head()).isEqualTo("HTTP/1.1 200 OK\r\nLink: <a>\r\nContent-Length: 2\r\nX-Frame-Options: DENY\r\n"
                    + "Date: never\r\nLink: </a.example.css>\r\nLink: <b>\r\n\r\n");
            assertThat(answer.body()).isEqualTo("hi");
        }
    }

    @Test
    void answersOfReevesOwnAreChangedToo() throws IOException {
        RouteEdge edge = answers(new HeaderChanges(List.of(line("X-A", "{path}")), List.of(), List.of("cache-control")));
        fixture.sources.publish("apps", List.of(new Route(EdgeFixture.spec(edge), new Route.ToRedirect(new Redirect("/b", 302)))));
        assertThat(fixture.ask(ProxyFixture.get("/a")).head()).contains("302 Found", "X-A: /a\r\n").doesNotContain("Cache-Control");

        var down = new Route.ToService(ProxyFixture.WEB, false, new Route.Availability.Down(InstanceState.STOPPED, ""), List.of());
        fixture.sources.publish("apps", List.of(new Route(EdgeFixture.spec(edge), down)));
        RawConnection.Message answer = fixture.ask(ProxyFixture.get("/c"));
        assertThat(answer.head()).contains("503 Service", "X-A: /c\r\n");
        assertThat(answer.body()).isEqualTo("cannot reach wiki/web: it is stopped\n");
    }

    @Test
    void aTunnelsAnswerIsChangedAndInterimOnesAreNot() throws IOException {
        RouteEdge edge = answers(set(line("X-A", "b")));
        try (var backend = RawBackend.serving((c, number) -> {
            c.readHead();
            c.send(number == 1 ? "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Accept: x\r\n\r\nhi"
                    : "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" + RawBackend.ok("done"));
        })) {
            EdgeFixture.route(fixture, edge, backend.address());
            try (RawConnection client = fixture.connect()) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n");
                assertThat(client.readHead()).contains("101 Switching", "Upgrade: websocket\r\n", "X-A: b\r\n");
                assertThat(client.read(2)).isEqualTo("hi");
            }
            try (RawConnection client = fixture.connect()) {
                client.send(ProxyFixture.get("/"));
                assertThat(client.readHead()).contains("103 Early").doesNotContain("X-A");
                assertThat(client.readMessage().head()).contains("200 OK", "X-A: b\r\n");
            }
        }
    }

    @Test
    void theServiceAndItsInstanceAreKnown() throws IOException {
        RouteEdge edge = new RouteEdge(set(line("X-S", "{service} {backend}")), set(line("X-S", "{service} {backend} {request_id}")));
        try (var backend = RawBackend.answering(request -> RawBackend.ok(request.header("X-S")))) {
            var target = new Route.Target(ProxyFixture.WEB.instance(1), backend.address(), InstanceState.RUNNING, 1);
            fixture.sources.publish("apps", List.of(new Route(EdgeFixture.spec(edge), new Route.ToService(ProxyFixture.WEB, false,
                    new Route.Availability.Serving(), List.of(target)))));
            RawConnection.Message answer = fixture.ask(ProxyFixture.get("/"));
            assertThat(answer.body()).isEqualTo("wiki/web " + backend.address());
            assertThat(answer.header("X-S")).matches("wiki/web " + backend.address() + " [0-9a-f]{32}");
        }
    }
}
