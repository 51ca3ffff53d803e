package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reeve.model.Address;
import reeve.model.RouteSpec;
import reeve.serve.route.Route;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;
import reeve.testing.VirtualTime;

@Tag("it")
@Timeout(20)
class OwnAnswersTest {
    private static final ProxySettings.Timeouts LIMITS = ProxySettings.Timeouts.DEFAULT;

    @Test
    void anUnknownHostOnLoopbackIsShownTheRoutes() throws IOException {
        try (var fixture = new ProxyFixture()) {
            fixture.sources.publish("apps",
                    List.of(new Route(new RouteSpec("wiki.localhost", "/docs"), new Route.ToExternal(Address.loopback(9)))));
            RawConnection.Message text = fixture.ask(ProxyFixture.get("/"));
            String link = "http://wiki.localhost:" + fixture.address.port() + "/docs";
            assertThat(text.status()).isEqualTo(404);
            assertThat(text.body()).contains("no route matches", link);
            RawConnection.Message html = fixture.ask("GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html,*/*\r\n\r\n");
            assertThat(html.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
            assertThat(html.body()).contains("<a href=\"" + link + "\">");
        }
    }

    @Test
    void anAnswerToHeadHasNoBodyAndTheConnectionGoesOn() throws IOException {
        try (var fixture = new ProxyFixture(); var client = fixture.connect()) {
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 404 Not Found").doesNotContain("close");
            assertThat(client.send(ProxyFixture.get("/")).readMessage().status()).isEqualTo(404);
        }
    }

    @Test
    void aRefusedConnectionIs502() throws IOException {
        int port;
        try (var unused = new ServerSocket(0)) {
            port = unused.getLocalPort();
        }
        try (var fixture = new ProxyFixture()) {
            RawConnection.Message answer = fixture.to(Address.loopback(port)).ask(ProxyFixture.get("/"));
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).isEqualTo("cannot reach 127.0.0.1:" + port + ": it refuses connections\n");
            assertThat(fixture.inFlight()).isZero();
        }
    }

    @Test
    void aBackendThatDoesNotAnswerInTimeIs504() throws IOException {
        var time = new VirtualTime();
        var never = new CountDownLatch(1);
        try (var fixture = new ProxyFixture(time, s -> s); var backend = RawBackend.serving((c, _) -> {
            c.readMessage();
            never.await();
        }); var client = fixture.to(backend.address()).connect()) {
            client.send(ProxyFixture.get("/"));
            await().until(() -> fixture.inFlight() == 1 && backend.connections() == 1);
            time.advance(LIMITS.responseHead().plusSeconds(1));
            RawConnection.Message answer = client.readMessage();
            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.body()).contains("did not answer within 60 s");
            never.countDown();
        }
    }

    @Test
    void aHeadThatDoesNotEndInTimeIs408AndAnIdleConnectionIsClosedWithoutAWord() throws IOException {
        var time = new VirtualTime();
        try (var fixture = new ProxyFixture(time, s -> s); var slow = fixture.connect(); var idle = fixture.connect()) {
            slow.send("GET / HTTP/1.1\r\n");
            await().until(() -> fixture.proxy.connections() == 2);
            await().pollDelay(Duration.ofMillis(100)).until(() -> {
                time.advance(LIMITS.clientHead());
                return fixture.proxy.connections() < 2;
            });
            assertThat(slow.readMessage().status()).isEqualTo(408);
            time.advance(LIMITS.clientIdle());
            assertThat(idle.ended()).isTrue();
        }
    }

    @Test
    void aBodyThatStallsIs408() throws IOException {
        var time = new VirtualTime();
        try (var fixture = new ProxyFixture(time, s -> s); var backend = RawBackend.serving((c, _) -> c.readToEnd());
                var client = fixture.to(backend.address()).connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
            await().until(() -> fixture.inFlight() == 1 && backend.connections() == 1);
            time.advance(LIMITS.stall().window().plusSeconds(1));
            assertThat(client.readMessage().status()).isEqualTo(408);
        }
    }

    @Test
    void aSilentStreamIsNeverTimedOut() throws IOException {
        var time = new VirtualTime();
        var next = new CountDownLatch(1);
        try (var fixture = new ProxyFixture(time, s -> s); var backend = RawBackend.serving((c, _) -> {
            c.readMessage();
            c.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na");
            next.await();
            c.send("b");
            c.readToEnd();
        }); var client = fixture.to(backend.address()).connect()) {
            client.send(ProxyFixture.get("/")).readHead();
            assertThat(client.read(1)).isEqualTo("a");
            time.advance(Duration.ofHours(5));
            await().pollDelay(Duration.ofMillis(450)).until(() -> fixture.proxy.connections() == 1);
            next.countDown();
            assertThat(client.read(1)).isEqualTo("b");
        }
    }

    @Test
    void oneConnectionTooManyIsTold() throws IOException {
        try (var fixture = new ProxyFixture(new VirtualTime(), s -> s.withConnections(1)); var first = fixture.connect()) {
            assertThat(first.send(ProxyFixture.get("/")).readMessage().status()).isEqualTo(404);
            try (var second = fixture.connect()) {
                assertThat(second.readMessage().status()).isEqualTo(503);
                assertThat(second.ended()).isTrue();
            }
            assertThat(first.send(ProxyFixture.get("/")).readMessage().status()).isEqualTo(404);
        }
    }
}
