package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.base.SystemTime;
import reeve.testing.RawBackend;
import reeve.testing.RecordingBackend;

/// What a client of HTTP/2 can do to cost more than it pays: the connection ends, or is bounded, and others are served.
@Tag("it")
@Timeout(60)
class Http2FloodTest {
    private static final int ENHANCE_YOUR_CALM = 11;
    private static final long MEGABYTE = 1 << 20;

    private ProxyFixture fixture = new ProxyFixture();
    private RecordingBackend backend;

    @BeforeEach
    void begin() throws IOException {
        backend = RecordingBackend.echo();
        fixture.to(backend.address());
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
        backend.close();
    }

    private RawHttp2 connect() throws IOException {
        return RawHttp2.to(fixture.address);
    }

    private void bystanderIsServed() throws IOException {
        try (RawHttp2 bystander = connect()) {
            assertThat(bystander.get(1, "/bystander").answer(1).status()).isEqualTo(200);
        }
        assertThat(fixture.ask(ProxyFixture.get("/bystander")).status()).isEqualTo(200);
    }

    private interface Writing {
        void write(RawHttp2 client) throws IOException;
    }

    /// @return the error that the proxy ends the connection with
    private long floods(Writing writing) throws IOException {
        try (RawHttp2 client = connect()) {
            try {
                writing.write(client);
            } catch (SocketException e) {
                // ended in the middle of it, as it should be
            }
            long error = client.end();
            bystanderIsServed();
            return error;
        }
    }

    @Test
    void rapidReset() throws Exception {
        assertThat(floods(client -> {
            for (int stream = 1; stream < 6000; stream += 2) {
                client.get(stream, "/").frame(RawHttp2.RST_STREAM, 0, stream, RawHttp2.number(8));
            }
        })).isIn((long) ENHANCE_YOUR_CALM, -1L);
        await().until(() -> fixture.inFlight() == 0);
    }

    @Test
    void resetsThatTheProxyIsMadeToSend() throws Exception {
        assertThat(floods(client -> {
            for (int stream = 1; stream < 6000; stream += 2) {
                client.get(stream, "/").frame(RawHttp2.WINDOW_UPDATE, 0, stream, RawHttp2.number(0));
            }
        })).isIn((long) ENHANCE_YOUR_CALM, -1L);
        await().until(() -> fixture.inFlight() == 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 200})
    void continuations(int length) throws Exception {
        byte[] block = RawHttp2.block(":method", "GET");
        assertThat(floods(client -> {
            client.frame(RawHttp2.HEADERS, 0, 1, block);
            byte[] piece = RawHttp2.block("x", "y".repeat(Math.max(0, length - 4)));
            for (int i = 0; i < 10_000; i++) {
                client.frame(RawHttp2.CONTINUATION, 0, 1, length == 0 ? new byte[0] : piece);
            }
        })).isIn((long) ENHANCE_YOUR_CALM, 1L, -1L);
        assertThat(backend.received().toString()).doesNotContain("x: ");
    }

    @Test
    void emptyData() throws Exception {
        assertThat(floods(client -> {
            client.headers(1, false, ":method", "POST", ":scheme", "http", ":path", "/", ":authority", "a.example");
            for (int i = 0; i < 10_000; i++) {
                client.frame(RawHttp2.DATA, 0, 1);
            }
        })).isIn((long) ENHANCE_YOUR_CALM, -1L);
    }

    /// Who does not read the answers to its questions does not make the proxy keep them.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void questionsWithoutReading(boolean pings) throws Exception {
        long before = direct();
        try (RawHttp2 client = connect()) {
            byte[] frame = pings ? RawHttp2.bytes(RawHttp2.PING, 0, 0, new byte[8]) : RawHttp2.bytes(RawHttp2.SETTINGS, 0, 0);
            var many = new StringBuilder();
            for (int i = 0; i < 1000; i++) {
                many.append(reeve.testing.StrictRequest.latin(frame));
            }
            String text = many.toString();
            try {
                for (int i = 0; i < 2000; i++) {
                    client.text(text);
                }
            } catch (SocketException e) {
                // ended, as it should be
            }
            assertThat(direct() - before).isLessThan(32 * MEGABYTE);
            bystanderIsServed();
        }
    }

    private static long direct() {
        return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }

    /// One large field in the table of the header compression, and heads that name it again and again.
    @Test
    void headersThatGrowAsTheyAreRead() throws Exception {
        try (RawHttp2 client = connect()) {
            var block = new java.io.ByteArrayOutputStream();
            block.writeBytes(RawHttp2.block(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a.example"));
            byte[] large = RawHttp2.block("x", "y".repeat(3900));
            large[0] = 0x40; // into the table
            block.writeBytes(large);
            for (int i = 0; i < 12_000; i++) {
                block.write(0x80 | 62); // the newest of the table
            }
            int stream = 1;
            long before = direct();
            for (; stream < 99; stream += 2) {
                client.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, stream, block.toByteArray());
            }
            assertThat(client.answer(1).status()).isEqualTo(431);
            assertThat(client.answer(97).status()).isEqualTo(431);
            assertThat(direct() - before).isLessThan(16 * MEGABYTE);
            bystanderIsServed();
        }
        assertThat(backend.received().toString()).doesNotContain("yyy");
    }

    /// Many large answers that nobody reads wait at the backends, not here, and not forever.
    @Test
    void windowsThatStayClosed() throws Exception {
        fixture.close();
        fixture = new ProxyFixture(new SystemTime(), s -> s.withTimeouts(new ProxySettings.Timeouts(Duration.ofSeconds(5),
                Duration.ofSeconds(60), Duration.ofSeconds(75), Duration.ofSeconds(10), new ProxySettings.Pace(Duration.ofSeconds(2), 240),
                Duration.ofSeconds(30))));
        try (var endless = RawBackend.serving((c, _) -> {
            c.readHead();
            c.send("HTTP/1.1 200 OK\r\n\r\n");
            while (true) {
                c.send("x".repeat(64 * 1024));
            }
        }); RawHttp2 client = connect().stalling()) {
            fixture.to(endless.address());
            long before = direct();
            client.setting(4, 0); // no room for any body
            for (int stream = 1; stream < 199; stream += 2) {
                client.get(stream, "/");
            }
            for (int stream = 1; stream < 199; stream += 2) {
                client.head(stream);
            }
            assertThat(direct() - before).isLessThan(64 * MEGABYTE);
            fixture.to(backend.address());
            bystanderIsServed();
            for (int stream = 1; stream < 199; stream += 2) {
                assertThat(client.answer(stream).reset).as("stream %d, in time", stream).isEqualTo(2);
            }
            await().until(() -> fixture.inFlight() == 0);
        }
    }

    /// A body in single bytes, which the backend does not take, costs what it weighs.
    @Test
    void singleBytes() throws Exception {
        var never = new CountDownLatch(1);
        try (var deaf = RawBackend.serving((_, _) -> never.await()); RawHttp2 client = connect()) {
            fixture.toService(true, new reeve.serve.route.Route.Availability.Asleep(), reeve.model.InstanceState.ASLEEP, deaf.address());
            long before = direct();
            client.headers(1, false, ":method", "POST", ":scheme", "http", ":path", "/", ":authority", "a.example");
            for (int i = 0; i < 20_000; i++) {
                client.data(1, false, "x");
            }
            client.frame(RawHttp2.PING, 0, 0, new byte[8]);
            while (client.next().type() != RawHttp2.PING) { }
            assertThat(direct() - before).isLessThan(8 * MEGABYTE);
            fixture.to(backend.address());
            bystanderIsServed();
        }
    }
}
