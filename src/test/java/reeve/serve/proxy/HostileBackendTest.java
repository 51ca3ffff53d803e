package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;

/// Attack class 2: whatever a backend answers, no client gets a wrong or seemingly whole answer, and no later request
/// meets what was left over.
@Tag("it")
@Timeout(20)
@DisplayName("PROMISE-4")
class HostileBackendTest {
    private static final String GOOD = RawBackend.ok("good");

    private final ProxyFixture fixture = new ProxyFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    /// Answers the first connection with a text and closes, all others well.
    private static RawBackend once(String answer) throws IOException {
        return RawBackend.serving((c, number) -> {
            c.readMessage();
            c.send(number == 1 ? answer : GOOD);
            if (number > 1) {
                c.readToEnd();
            }
        });
    }

    static Stream<String> unreadable() {
        return Stream.of("", "HTTP/1.1 200 OK\r\n", "nonsense\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 99 x\r\n\r\n",
                "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
                "\r\nHTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
                        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: y\r\n folded\r\n\r\n", "HTTP/1.1 200 OK\r\nX : y\r\n\r\n", "HTTP/1.1 200 OK\r\nX: a\u0000\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX\r\n\r\n",
                        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nframes",
                "HTTP/1.1 101 Switching Protocols\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: " + "y".repeat(40_000) + "\r\n\r\n", "HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(200) + "\r\n",
                        "HTTP/1.1 103 Early\r\n\r\n".repeat(40),
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX");
    }

    /// Heads that another parser might read in another way: they end at the proxy, and so does the connection.
    static Stream<String> ambiguous() {
        String body = "\r\n\r\n5\r\nhello\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison";
        return Stream.of("Transfer-Encoding: chunked, chunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked;a", "Transfer-Encoding:", "Transfer-Encoding: ,chunked",
                "Transfer-Encoding: chunked,", "Transfer-Encoding: identity, chunked", "Transfer-Encoding: \u000bchunked",
                "Transfer-Encoding: chunked\u0000", "Transfer-Encoding : chunked", " Transfer-Encoding: chunked",
                "Transfer-Encoding\u00a0: chunked", "X: y\nTransfer-Encoding: chunked", "X: y\rTransfer-Encoding: chunked",
                "Content-Length: +5", "Content-Length: 0x5", "Content-Length: 5_0", "Content-Length:", "Content-Length: 5;",
                "Content-Length: 99999999999999999999", "Content-Length: 5\r\nContent-Length: 5", "Content-Length: 5\n",
                "Content-Length: 0\r\nTransfer-Encoding: chunked", "Content-Length : 5", "Content-Length: 5\r\n 0",
                ": y", "X\u0000: y", "X: \u0007", "X: y\r\r").map(lines -> "HTTP/1.1 200 OK\r\n" + lines + body);
    }

    static Stream<String> ambiguousStatusLines() {
        return Stream.of("HTTP/1.1  200 OK", "HTTP/1.1\t200 OK", " HTTP/1.1 200 OK", "HTTP/1.1 200OK", "HTTP/1.1 2000 OK",
                "HTTP/1.1 020 OK",
                "HTTP/1.1 20 OK", "HTTP/1.1 +20 OK", "HTTP/1.2 200 OK", "http/1.1 200 OK", "HTTP/1.1 200 O\u0000K", "HTTP/1.1 200 OK\rX: y",
                "HTTP/1.1 -1 OK", "ICY 200 OK", "200 OK", "\u0016\u0003\u0001", "HTTP/1.1 101 \r\nUpgrade: h2c\r\nConnection: upgrade")
                .map(line -> line + "\r\nContent-Length: 6\r\n\r\npoison");
    }

    @ParameterizedTest
    @MethodSource({"ambiguous", "ambiguousStatusLines"})
    void whatIsAmbiguousEndsHere(String answer) throws IOException {
        try (var backend = RawBackend.serving((c, number) -> {
            c.readMessage();
            c.send(number == 1 ? answer : GOOD);
            c.readToEnd();
        }); var client = fixture.to(backend.address()).connect()) {
            RawConnection.Message got = client.send(ProxyFixture.get("/")).readMessage();
            assertThat(got.status()).isEqualTo(502);
            assertThat(got.body()).doesNotContain("poison");
            assertThat(client.send(ProxyFixture.get("/")).readMessage().body()).isEqualTo("good");
            assertThat(backend.connections()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource
    void unreadable(String answer) throws IOException {
        try (var backend = once(answer); var client = fixture.to(backend.address()).connect()) {
            client.send(ProxyFixture.get("/"));
            RawConnection.Message got = client.readMessage();
            while (got.status() == 103) {
                got = client.readMessage();
            }
            assertThat(got.status()).isEqualTo(502);
            assertThat(got.body()).contains(backend.address().toString());
            assertThat(client.send(ProxyFixture.get("/")).readMessage().body()).isEqualTo("good");
        }
    }

    static Stream<String> cutShort() {
        return Stream.of("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    }

    @ParameterizedTest
    @MethodSource
    void cutShort(String answer) throws IOException {
        try (var backend = once(answer); var client = fixture.to(backend.address()).connect()) {
            client.send(ProxyFixture.get("/"));
            assertThatThrownBy(client::readMessage).isInstanceOf(EOFException.class);
            assertThat(fixture.ask(ProxyFixture.get("/")).body()).isEqualTo("good");
        }
    }

    @Test
    void aChunkedBodyBrokenLaterIsCut() throws IOException {
        try (var backend = RawBackend.serving((c, _) -> {
            c.readMessage();
            c.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + "5\r\nhello\r\n".repeat(100_000) + "zz\r\n");
            c.readToEnd();
        }); var client = fixture.to(backend.address()).connect()) {
            client.send(ProxyFixture.get("/"));
            assertThatThrownBy(client::readMessage).isInstanceOf(EOFException.class);
            assertThat(fixture.inFlight()).isZero();
        }
    }

    @Test
    void anAnswerToTheEndThatIsResetIsResetForTheClientToo() throws IOException {
        try (var backend = RawBackend.serving((c, _) -> {
            c.readMessage();
            c.send("HTTP/1.1 200 OK\r\n\r\nhalf");
            c.read(1);
        }); var client = fixture.to(backend.address()).connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            client.readHead();
            assertThat(client.read(4)).isEqualTo("half");
            client.reset();
        }
        try (var backend = RawBackend.serving((c, _) -> {
            c.readMessage();
            c.send("HTTP/1.1 200 OK\r\n\r\nhalf");
            c.reset();
        }); var client = fixture.to(backend.address()).connect()) {
            client.send(ProxyFixture.get("/"));
            assertThatThrownBy(() -> {
                RawConnection.Message message = client.readMessage();
                assertThat(message.status()).as("nothing had been passed on").isEqualTo(502);
                throw new IOException("answered in the backend's place");
            }).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison",
                "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 304 Not Modified\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nextra",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"})
    void whatFollowsAnAnswerNeverReachesTheNextClient(String answer) throws IOException {
        try (var backend = RawBackend.serving((c, number) -> {
            c.readMessage();
            c.send(number == 1 ? answer : GOOD);
            c.readToEnd();
        }); var client = fixture.to(backend.address()).connect()) {
            client.send(ProxyFixture.get("/"));
            assertThat(client.readMessage().body()).isIn("", "hello");
            assertThat(client.send(ProxyFixture.get("/")).readMessage().body()).isEqualTo("good");
            assertThat(backend.connections()).isEqualTo(2);
        }
    }

    @Test
    void bytesThatNobodyAskedForCloseAnIdleConnection() throws Exception {
        var poisoned = new CountDownLatch(1);
        var closed = new CountDownLatch(1);
        try (var backend = RawBackend.serving((c, number) -> {
            c.readMessage();
            c.send(GOOD);
            if (number == 1) {
                poisoned.await();
                c.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
            }
            c.readToEnd();
            closed.countDown();
        }); var client = fixture.to(backend.address()).connect()) {
            assertThat(client.send(ProxyFixture.get("/")).readMessage().body()).isEqualTo("good");
            poisoned.countDown();
            closed.await();
            assertThat(client.send(ProxyFixture.get("/")).readMessage().body()).isEqualTo("good");
            assertThat(backend.connections()).isEqualTo(2);
        }
    }

    @Test
    void anAnswerToHeadWithABodyIsNotReused() throws IOException {
        try (var backend = RawBackend.serving((c, number) -> {
            c.readMessage();
            c.send(number == 1 ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" : GOOD);
            c.readToEnd();
        }); var client = fixture.to(backend.address()).connect()) {
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readHead()).contains("200 OK");
            assertThat(client.send(ProxyFixture.get("/")).readMessage().body()).isEqualTo("good");
        }
    }
}
