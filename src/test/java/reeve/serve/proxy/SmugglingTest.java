package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;

/// Attack classes 1 and 2 end to end: each vector is followed by a request that must never be taken for part of it.
@Tag("it")
@Timeout(20)
@DisplayName("PROMISE-4")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmugglingTest {
    private static final String NEXT = "GET /smuggled HTTP/1.1\r\nHost: evil\r\n\r\n";

    private final ProxyFixture fixture = new ProxyFixture();
    private final RawBackend backend;

    SmugglingTest() throws IOException {
        backend = RawBackend.answering(request -> RawBackend.ok("body=" + request.body()));
    }

    @BeforeEach
    void route() {
        fixture.to(backend.address());
        backend.requests().clear();
    }

    @AfterAll
    void close() throws IOException {
        fixture.close();
        backend.close();
    }

    private static String post(String lines, String body) {
        return "POST / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n\r\n" + body;
    }

    private static String chunked(String body) {
        return post("Transfer-Encoding: chunked", body);
    }

    static Stream<String> refused() {
        var vectors = new ArrayList<String>();
        for (String te : List.of("chunked, identity", "identity, chunked", "xchunked", "chunked;a", "\"chunked\"", "chunked\u000b",
                "\u000bchunked", "chunk", ", chunked", "gzip",
                "gzip, chunked", "chunked, chunked", "\u00ff", "chunked\u0000", "'chunked'", "identity", "")) {
            vectors.add(post("Transfer-Encoding: " + te, "0\r\n\r\n"));
        }
        for (String cl : List.of("5, 5", "5,6", "+5", "-5", "0x5", "5_", "5 5", "5.0", "1e1", "\"5\"", "99999999999999999999",
                "9223372036854775808", "", "\u00b2", "5;x")) {
            vectors.add(post("Content-Length: " + cl, "hello"));
        }
        for (String lines : List.of("Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Content-Length: 5\r\nContent-Length: 5",
                "Content-Length: 5\r\nContent-Length: 6", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                        "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding : chunked", "Transfer-Encoding\t: chunked", " Transfer-Encoding: chunked",
                        "X: y\r\n Transfer-Encoding: chunked", "X: y\r\n\tz",
                "X: y\nTransfer-Encoding: chunked", "X: y\rTransfer-Encoding: chunked", "X\u0000: y", "X: \u0000", "X: \u007f", "X", ": y",
                        "Content-Length : 5",
                "Content-Length\u00a0: 5",
                "Transfer-Encoding:\r\n chunked", "Host: b", "X: y\r\n\r", "Host:a\r\nContent-Length: 5", "Expect: nonsense")) {
            vectors.add(post(lines, "0\r\n\r\n"));
        }
        for (String line : List.of("GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET / HTTP/1.1 ", "GET\t/ HTTP/1.1", "GET /\u0000 HTTP/1.1",
                "GET /# HTTP/1.1", "GET / HTTP/1.1\n",
                "GET /",
                "GET / HTTP/1.2", "GET / HTTP/2.0", "GET / HTTP/0.9", "GET / http/1.1", "CONNECT a:80 HTTP/1.1", "GET a HTTP/1.1",
                        "GET http://u@a/ HTTP/1.1", "GET * HTTP/1.1",
                "GET /a b HTTP/1.1", "G@T / HTTP/1.1", "GET / HTTP/1.1\r")) {
            vectors.add(line + "\r\nHost: a\r\n\r\n");
        }
        for (String host : List.of("Host: a\r\nHost: a", "Host:", "Host: a b", "Host: u@a", "Host: a/b", "Host: a:x", "Host: a:99999",
                "Host: a,b", "Host: a\\b", "X: no host",
                "Host: [::1")) {
            vectors.add("GET / HTTP/1.1\r\n" + host + "\r\n\r\n");
        }
        vectors.add("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        vectors.add("GET / HTTP/1.1\nHost: a\n\n");
        vectors.add("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        return vectors.stream();
    }

    @ParameterizedTest
    @MethodSource
    void refused(String vector) throws IOException {
        try (RawConnection client = fixture.connect()) {
            client.send(vector + NEXT);
            RawConnection.Message answer = client.readMessage();
            assertThat(answer.status()).isIn(400, 417, 501, 505);
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(client.readToEnd()).isEmpty();
        }
        assertThat(backend.requests()).isEmpty();
    }

    /// The head is fine and already forwarded: the broken body ends the request without another reaching the backend.
    static Stream<String> brokenBodies() {
        return Stream.of("\r\n", "g\r\n", "-1\r\n", "+1\r\nx\r\n", "0x1\r\nx\r\n", "1_\r\n", " 1\r\nx\r\n", "1 \r\nx\r\n", "1\nx\r\n",
                "1\rx\r\n", "1\r\nxy\r\n", "1\r\nx\n",
                "5;\r\nhello\r\n",
                "5;a=\r\n", "5;a=\"b\n\"\r\nhello\r\n", "5;a=\"\r\n\"\r\nhello\r\n", "5; a\r\nhello\r\n", "8000000000000000\r\n",
                        "FFFFFFFFFFFFFFFFF\r\n",
                "00000000000000000\r\n\r\n", "0\r\nT\r\n\r\n",
                "0\r\n T: v\r\n\r\n", "0\r\nT : v\r\n\r\n", "0\r\nT: v\n\r\n", "0\n\n", "0\r\n\n", "5;\"x\r\nhello\r\n", "1;a\nx\r\n", "1;"
                        + "a".repeat(20_000) + "\r\nx\r\n",
                "0\r\n" + "T: v\r\n".repeat(5000) + "\r\n");
    }

    @ParameterizedTest
    @MethodSource
    void brokenBodies(String body) throws IOException {
        try (RawConnection client = fixture.connect()) {
            client.send(chunked(body) + NEXT);
            RawConnection.Message answer = client.readMessage();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("chunked body is not valid");
            assertThat(client.readToEnd()).isEmpty();
        }
        assertThat(backend.requests()).as("no request got there whole").isEmpty();
    }

    /// Odd, but with one meaning only: forwarded in the plainest form, and what follows is answered as the next request.
    static Stream<String> unambiguous() {
        return Stream.of(post("Content-Length: 00005", "hello"), post("content-length:5", "hello"), post("Content-Length: 5 \t", "hello"),
                chunked("5\r\nhello\r\n0\r\n\r\n"),
                post("transfer-ENCODING:\tChunked",
                "5\r\nhello\r\n0\r\n\r\n"), chunked("05;a=\"q\\\"\";b\r\nhello\r\n0;x\r\nContent-Length: 9\r\n\r\n"),
                        chunked("2\r\nhe\r\n3\r\nllo\r\n000\r\n\r\n"),
                post("Content_Length: 99\r\nTransfer_Encoding: chunked\r\nContent-Length: 5", "hello"),
                        post("Connection: Content-Length\r\nContent-Length: 5", "hello"),
                post("Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n"),
                        post("TE: chunked\r\nContent-Length: 5", "hello"),
                post("Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AA\r\nContent-Length: 5", "hello"), "\r\n"
                        + post("Content-Length: 5", "hello"),
                "GET http://a.example/x HTTP/1.1\r\nHost: b\r\nContent-Length: 5\r\n\r\nhello");
    }

    @ParameterizedTest
    @MethodSource
    void unambiguous(String vector) throws IOException {
        try (RawConnection client = fixture.connect()) {
            client.send(vector + ProxyFixture.get("/next"));
            assertThat(client.readMessage().body()).isEqualTo("body=hello");
            assertThat(client.readMessage().body()).isEqualTo("body=");
        }
        assertThat(backend.requests()).hasSize(2);
        assertThat(backend.requests().getFirst().head())
                .doesNotContainIgnoringCase("Transfer_Encoding", "Upgrade", "HTTP2-Settings", "Content_Length", "TE:");
        assertThat(backend.requests().getLast().head()).startsWith("GET /next HTTP/1.1\r\nHost: a.example\r\n");
    }

    static Stream<Integer> splits() {
        return IntStream.range(1, 90).boxed();
    }

    /// The verdict does not depend on how the bytes are cut into packets.
    @ParameterizedTest
    @MethodSource("splits")
    void theVerdictDoesNotDependOnPackets(int at) throws IOException {
        String vector = post("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n" + NEXT);
        try (RawConnection client = fixture.connect()) {
            client.send(vector.substring(0, at)).send(vector.substring(at));
            assertThat(client.readMessage().status()).isEqualTo(400);
        }
        assertThat(backend.requests()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("oversized")
    void oversizedHeadsAre431(String vector) throws IOException {
        try (RawConnection client = fixture.connect()) {
            client.send(vector);
            assertThat(client.readMessage().status()).isEqualTo(431);
        }
        assertThat(backend.requests()).isEmpty();
    }

    static Stream<String> oversized() {
        return Stream.of("GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(5000) + "\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: "
                + "y".repeat(100_000) + "\r\n\r\n",
                "GET /" + "a".repeat(70_000) + " HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(100)
                        + "\r\n");
    }
}
