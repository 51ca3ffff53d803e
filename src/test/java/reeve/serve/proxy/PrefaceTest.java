package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.base.SystemTime;
import reeve.model.AddressRange;
import reeve.testing.RawConnection;
import reeve.testing.RecordingBackend;

/// The PROXY protocol over real sockets.
@Tag("it")
@Timeout(20)
class PrefaceTest {
    private static final String LINE = "PROXY TCP4 203.0.113.9 192.0.2.1 56324 443\r\n";
    private static final byte[] BINARY = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + "2111000ccb007109c0000201dc0401bb");

    private RecordingBackend backend;
    private ProxyFixture fixture;

    @BeforeEach
    void begin() throws IOException {
        backend = RecordingBackend.echo();
        fixture = trusting("127.0.0.0/8");
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
        backend.close();
    }

    private ProxyFixture trusting(String range) {
        var edge = new ProxySettings.Edge(List.of(AddressRange.parse(range)), true, false);
        return new ProxyFixture(new SystemTime(), s -> s.withEdge(edge)).to(backend.address());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theSourceThatIsNamedIsTheClient(boolean binary) throws Exception {
        try (RawConnection client = fixture.connect()) {
            client.send(binary ? BINARY : LINE.getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 2; i++) {
                String request = "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n";
                assertThat(client.send(request).readMessage().status()).isEqualTo(200);
            }
        }
        assertThat(backend.only()).contains("X-Forwarded-For: 203.0.113.9\r\n").doesNotContain("6.6.6.6", "PROXY");
        fixture.close();
        assertThat(fixture.logged()).contains("\"client\":\"203.0.113.9\"");
    }

    @Test
    void theHeaderMayComeByteByByteAndTogetherWithARequest() throws IOException {
        try (RawConnection client = fixture.connect()) {
            for (byte b : BINARY) {
                client.send(new byte[] {b});
            }
            assertThat(client.send(ProxyFixture.get("/")).readMessage().status()).isEqualTo(200);
        }
        try (RawConnection client = fixture.connect()) {
            client.send(LINE + ProxyFixture.get("/1") + ProxyFixture.get("/2"));
            assertThat(client.readMessage().status()).isEqualTo(200);
            assertThat(client.readMessage().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "PROXY TCP4 x y 1 2\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"})
    void aTrustedProxyThatSaysNothingOrNonsenseIsCutOff(String text) throws IOException {
        try (RawConnection client = fixture.connect()) {
            assertThat(client.send(text).ended()).isTrue();
        }
        assertThat(backend.received()).isEmpty();
    }

    @Test
    void aSecondHeaderIsNoRequest() throws IOException {
        try (RawConnection client = fixture.connect()) {
            assertThat(client.send(LINE + LINE + ProxyFixture.get("/")).readMessage().status()).isEqualTo(400);
        }
        assertThat(backend.received()).isEmpty();
    }

    @Test
    void strangersSpeakHttpAndAreNotBelieved() throws IOException {
        fixture.close();
        fixture = trusting("10.0.0.0/8");
        assertThat(fixture.ask(LINE + ProxyFixture.get("/")).status()).isEqualTo(400);
        try (RawConnection client = fixture.connect()) {
            assertThat(client.send(BINARY).readMessage().status()).isEqualTo(400);
        }
        assertThat(backend.received()).isEmpty();
        assertThat(fixture.ask(ProxyFixture.get("/")).status()).isEqualTo(200);
        assertThat(backend.only()).contains("X-Forwarded-For: 127.0.0.1\r\n");
    }

    @Test
    void aHeaderWithoutASourceLeavesThePeer() throws IOException {
        assertThat(fixture.ask("PROXY UNKNOWN\r\n" + ProxyFixture.get("/")).status()).isEqualTo(200);
        assertThat(backend.only()).contains("X-Forwarded-For: 127.0.0.1\r\n");
        await().until(() -> fixture.proxy.connections() == 0);
    }
}
