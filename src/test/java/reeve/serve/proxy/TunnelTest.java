package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;

@Tag("it")
@Timeout(20)
class TunnelTest {
    private static final String ASK =
            "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    private static final String AGREE =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    private final ProxyFixture fixture = new ProxyFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static RawBackend echo() throws IOException {
        return RawBackend.serving((c, _) -> {
            assertThat(c.readHead()).contains("Connection: Upgrade\r\nUpgrade: WebSocket\r\n", "Sec-WebSocket-Key: dGhl");
            c.send(AGREE + "hi");
            byte[] some = new byte[64 * 1024];
            for (int n = c.readSome(some); n >= 0; n = c.readSome(some)) {
                c.send(Arrays.copyOf(some, n));
            }
        });
    }

    @Test
    void aWebsocketEchoesThroughTheTunnel() throws Exception {
        try (var backend = echo()) {
            fixture.toSleeper(backend.address());
            try (var client = fixture.connect()) {
                client.send(ASK + "early");
                assertThat(client.readHead())
                        .contains("101 Switching Protocols", "Connection: Upgrade\r\n", "Upgrade: websocket\r\n", "Sec-WebSocket-Accept");
                assertThat(client.read(7)).isEqualTo("hiearly");
                String large = "x".repeat(3_000_000);
                var sender = Thread.ofVirtual().start(() -> {
                    try {
                        client.send(large);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                assertThat(client.read(large.length()).equals(large)).isTrue();
                assertThat(sender.join(Duration.ofSeconds(5))).isTrue();
                assertThat(fixture.traffic.activity(ProxyFixture.WEB).open()).as("open until it closes").isEqualTo(1);
                assertThat(fixture.traffic.hold(ProxyFixture.WEB)).isFalse();
                assertThat(fixture.inFlight()).isEqualTo(1);
            }
            await().until(() -> fixture.traffic.activity(ProxyFixture.WEB).open() == 0 && fixture.inFlight() == 0);
            await().until(fixture::logged, log -> log.contains("\"status\":101,\"bytes\":3000007"));
        }
    }

    @Test
    void theBackendsEndEndsTheTunnel() throws IOException {
        try (var backend = RawBackend.serving((c, _) -> {
            c.readHead();
            c.send(AGREE + "bye");
        }); var client = fixture.to(backend.address()).connect()) {
            client.send(ASK);
            client.readHead();
            assertThat(client.readToEnd()).isEqualTo("bye");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\nSec-WebSocket-Accept: x\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n"
                    + "Sec-WebSocket-Accept: x\r\n\r\n"})
    @DisplayName("attack class 19: a tunnel opens only after a valid 101")
    void aTunnelOpensOnlyAfterAValid101(String answer) throws IOException {
        try (var backend = RawBackend.serving((c, _) -> {
            c.readHead();
            c.send(answer);
            c.readToEnd();
        }); var client = fixture.to(backend.address()).connect()) {
            assertThat(client.send(ASK).readMessage().status()).isEqualTo(502);
        }
    }

    @ParameterizedTest
    @ValueSource(strings =
            {"Upgrade: h2c\r\nConnection: Upgrade", "Upgrade: H2C\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: A",
            "Upgrade: websocket, h2c\r\nConnection: upgrade",
            "Upgrade: websocket\r\nUpgrade: h2c\r\nConnection: upgrade", "Upgrade: HTTP/2.0\r\nConnection: upgrade",
                    "Upgrade: TLS/1.3\r\nConnection: upgrade", "Upgrade: websocket",
            "Upgrade: websocket\r\nConnection: upgrade\r\nContent-Length: 1"})
    @DisplayName("attack class 19: other wishes to upgrade are not forwarded")
    void otherWishesToUpgradeAreNotForwarded(String lines) throws IOException {
        try (var backend = RawBackend.answering(_ -> RawBackend.ok("plain")); var client = fixture.to(backend.address()).connect()) {
            RawConnection.Message answer = client.send("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n\r\nx").readMessage();
            assertThat(answer.body()).isEqualTo("plain");
            assertThat(backend.requests().getFirst().head()).doesNotContainIgnoringCase("upgrade", "http2");
        }
    }

    @Test
    void aRefusedUpgradeIsAnOrdinaryAnswerAndWhatFollowsTheNextRequest() throws IOException {
        try (var backend = RawBackend.answering(request -> RawBackend.ok(request.head().substring(4, 8))); var client =
                fixture.to(backend.address()).connect()) {
            client.send(ASK + ProxyFixture.get("/two"));
            assertThat(client.readMessage().body()).isEqualTo("/ws ");
            assertThat(client.readMessage().body()).isEqualTo("/two");
        }
    }
}
