package reeve.serve.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.SystemTime;
import reeve.model.Address;
import reeve.model.ErrorPages;
import reeve.model.InstanceState;
import reeve.model.RouteEdge;
import reeve.serve.route.Route;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Tag("it")
@Timeout(30)
class ErrorPagesTest {
    @TempDir
    private Path folder;
    private final ProxyFixture fixture = new ProxyFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private RawConnection.Message ask(String accept) throws IOException {
        return fixture.ask("GET / HTTP/1.1\r\nHost: a\r\nAccept: " + accept + "\r\n\r\n");
    }

    private void down(RouteEdge edge) {
        var down = new Route.ToService(ProxyFixture.WEB, false,
                new Route.Availability.Down(InstanceState.STOPPED, "<by \"ada\">"), List.of());
        fixture.sources.publish("apps", List.of(new Route(EdgeFixture.spec(edge), down)));
    }

    private RouteEdge pages(String... backends) {
        return RouteEdge.NONE.with(new ErrorPages(folder, List.of(backends)));
    }

    @Test
    void reevesOwnWordsComeAsTheClientLikesThem() throws IOException {
        down(RouteEdge.NONE);
        assertThat(ask("text/html").header("Content-Type")).isEqualTo("text/html; charset=utf-8");
        RawConnection.Message json = ask("application/json;q=0.9, text/html;q=0.8");
        assertThat(json.header("Content-Type")).isEqualTo("application/json");
        assertThat(json.body()).isEqualTo("{\"status\":503,\"error\":\"Service Unavailable\","
                + "\"message\":\"cannot reach wiki/web: it is stopped: <by \\\"ada\\\">\"}\n");
        assertThat(ask("*/*").header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
    }

    @Test
    void pagesTakeTheirPlaceByStatusThenClassThenAnyError() throws IOException {
        Files.writeString(folder.resolve("error.html"), "any");
        Files.writeString(folder.resolve("error.txt"), "any {status}");
        down(pages());
        assertThat(ask("text/html").body()).isEqualTo("any");
        assertThat(ask("text/plain").body()).isEqualTo("any 503");
        assertThat(ask("application/json").body()).startsWith("{\"status\":503");
        Files.writeString(folder.resolve("5xx.html"), "five");
        await().until(() -> ask("text/html").body().equals("five"));
        Files.writeString(folder.resolve("503.html"), "<h1>{status} {reason}</h1>{message}");
        down(pages("5xx"));
        RawConnection.Message answer = ask("text/html");
        assertThat(answer.body()).isEqualTo("<h1>503 Service Unavailable</h1>"
                + "cannot reach wiki/web: it is stopped: &lt;by &quot;ada&quot;&gt;");
        assertThat(answer.head()).contains("HTTP/1.1 503 Service Unavailable\r\n", "Content-Type: text/html; charset=utf-8\r\n",
                "Cache-Control: no-store\r\n");
    }

    @Test
    void aPageThatChangesIsReadAgain() throws IOException {
        Files.writeString(folder.resolve("503.txt"), "before");
        down(pages());
        assertThat(ask("text/plain").body()).isEqualTo("before");
        Files.writeString(folder.resolve("503.txt"), "and after");
        await().until(() -> ask("text/plain").body().equals("and after"));
    }

    @Test
    void aFolderThatIsNotThereTakesNothingAway() throws IOException {
        down(RouteEdge.NONE.with(new ErrorPages(folder.resolve("gone"), List.of("5xx"))));
        assertThat(ask("text/plain").body()).startsWith("cannot reach wiki/web");
    }

    @Test
    void answersOfBackendsAreReplacedWhereThatIsAsked() throws IOException {
        Files.writeString(folder.resolve("404.html"), "not here");
        try (var backend = RawBackend.answering(request -> {
            String path = request.head().split(" ")[1];
            return "HTTP/1.1 " + path.substring(1) + " X\r\nSecret: s\r\nContent-Length: 4\r\n\r\nours";
        })) {
            Address to = backend.address();
            EdgeFixture.route(fixture, pages("404", "5xx"), to);
            try (RawConnection client = fixture.connect()) {
                String head = " HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n";
                RawConnection.Message gone = client.send("GET /404" + head).readMessage();
                assertThat(gone.head()).startsWith("HTTP/1.1 404 Not Found\r\n").doesNotContain("Secret", "Connection: close");
                assertThat(gone.body()).isEqualTo("not here");
                assertThat(client.send("GET /403" + head).readMessage().body()).isEqualTo("ours");
                assertThat(client.send("GET /500" + head).readMessage().body()).contains("the service answers 500").doesNotContain("ours");
                assertThat(client.send("GET /200" + head).readMessage().body()).isEqualTo("ours");
            }
            assertThat(backend.connections()).as("answers that were whole leave the connection").isEqualTo(1);
        }
    }

    @Test
    void aFileTakesThePlaceOf404() throws IOException {
        Path file = Files.writeString(folder.resolve("robots.txt"), "User-agent: *\n");
        try (var backend = RawBackend.answering(request -> request.head().contains("/own") ? RawBackend.ok("mine")
                : "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")) {
            EdgeFixture.route(fixture, RouteEdge.NONE.withFallbackFile(file), backend.address());
            RawConnection.Message answer = fixture.ask(ProxyFixture.get("/robots.txt"));
            assertThat(answer.head()).startsWith("HTTP/1.1 200 OK\r\n").contains("Content-Type: text/plain; charset=utf-8\r\n")
                    .doesNotContain("no-store");
            assertThat(answer.body()).isEqualTo("User-agent: *\n");
            assertThat(fixture.ask(ProxyFixture.get("/own")).body()).isEqualTo("mine");
            try (RawConnection client = fixture.connect()) {
                assertThat(client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").readHead()).contains("200 OK", "Content-Length: 14");
            }
        }
    }

    @Test
    void theRequestIdIsFilledIn() throws IOException {
        Files.writeString(folder.resolve("error.json"), "{\"id\":\"{request_id}\"}");
        try (var other = new ProxyFixture(new SystemTime(), settings -> settings.withNotes(ProxyNotes.STANDARD
                .withRequestIds(new ProxyNotes.Ids("X-Request-Id", ProxyNotes.Believed.ANYBODY))))) {
            other.sources.publish("apps", List.of(new Route(EdgeFixture.spec(pages()), new Route.ToService(ProxyFixture.WEB, false,
                    new Route.Availability.Down(InstanceState.STOPPED, ""), List.of()))));
            assertThat(other.ask("GET / HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\nX-Request-Id: abc\r\n\r\n").body())
                    .isEqualTo("{\"id\":\"abc\"}");
            assertThat(other.ask("GET / HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\nX-Request-Id: a\"b\r\n\r\n").body())
                    .matches("\\{\"id\":\"[0-9a-f]{32}\"}");
        }
    }
}
