package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reeve.base.http.BodyKind;
import reeve.base.http.ChunkScanner;
import reeve.base.http.HeadLimits;
import reeve.base.http.HeadResult;
import reeve.base.http.RequestHead;
import reeve.testing.RawConnection;
import reeve.testing.RecordingBackend;
import reeve.testing.StrictRequest;

/// Several hundred malformed and ambiguous requests go through a real proxy to a backend that records. Whatever arrives there is read
/// again by a second, strict parser: each connection holds exactly what Reeve meant, or the beginning of one request that was cut.
@Tag("it")
@Timeout(20)
@DisplayName("PROMISE-4: no request reaches a backend in a form that a second parser reads differently")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AmbiguousRequestsTest {
    private static final String NEXT = "GET /next HTTP/1.1\r\nHost: next.example\r\n\r\n";
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

    private final ProxyFixture fixture = new ProxyFixture();
    private final RecordingBackend backend;

    AmbiguousRequestsTest() throws IOException {
        backend = new RecordingBackend(_ -> ANSWER);
        fixture.to(backend.address());
    }

    @AfterAll
    void close() throws IOException {
        fixture.close();
        backend.close();
    }

    /// @param name what was done to a good request
    record Vector(String name, String text) {
        @Override
        public String toString() {
            return name.chars().mapToObj(c -> c >= ' ' && c < 127 ? String.valueOf((char) c) : String.format(Locale.ROOT, "\\x%02x", c))
                    .reduce("", String::concat);
        }
    }

    /// What one request says, in the view of whoever read it.
    record Meaning(String method, String resource, String authority, String body) {
        static Meaning of(StrictRequest request) {
            return new Meaning(request.method(), request.resource(), request.authority(), request.body());
        }
    }

    /// What Reeve reads.
    /// @param refused whether it ends with something that is no request
    record Reading(List<Meaning> requests, boolean refused, boolean incomplete) {}

    static Reading reeves(String text) {
        var requests = new ArrayList<Meaning>();
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int at = 0;
        while (at < bytes.length) {
            var head = new RequestHead(HeadLimits.DEFAULT);
            switch (head.parse(bytes, at, bytes.length)) {
                case HeadResult.Bad _ -> {
                    return new Reading(requests, true, false);
                }
                case HeadResult.Progress.NEED_MORE -> {
                    return new Reading(requests, false, true);
                }
                case HeadResult.Progress.COMPLETE -> { }
            }
            var body = new StringBuilder();
            at = head.to();
            if (head.body() == BodyKind.LENGTH) {
                if (head.contentLength() > bytes.length - at) {
                    return new Reading(requests, false, true);
                }
                body.append(text, at, at + (int) head.contentLength());
                at += (int) head.contentLength();
            } else if (head.body() == BodyKind.CHUNKED) {
                ByteBuffer in = ByteBuffer.wrap(bytes, at, bytes.length - at);
                HeadResult result = new ChunkScanner().scan(in, new ChunkScanner.Parts() {
                    @Override
                    public void data(ByteBuffer view, int from, int to) {
                        body.append(text, from, to);
                    }
                });
                if (result != HeadResult.Progress.COMPLETE) {
                    return new Reading(requests, result instanceof HeadResult.Bad, result == HeadResult.Progress.NEED_MORE);
                }
                at = in.position();
            }
            String path = text.substring(head.pathFrom(), head.targetTo());
            String root = head.method() == RequestHead.Method.OPTIONS && path.isEmpty() ? "*" : "/";
            String resource = head.pathFrom() == head.pathTo() ? root + path : path;
            String authority = text.substring(head.authorityFrom(), head.authorityTo()).toLowerCase(Locale.ROOT);
            requests.add(new Meaning(head.methodText(), resource, authority, body.toString()));
            if (!head.keepsAlive()) {
                break;
            }
        }
        return new Reading(requests, false, false);
    }

    private static Vector post(String name, String lines, String body) {
        return new Vector(name, "POST /first HTTP/1.1\r\nHost: a.example\r\n" + lines + "\r\n\r\n" + body);
    }

    private static Vector line(String line) {
        return new Vector(line, line + "\r\nHost: a.example\r\n\r\n");
    }

    static Stream<Vector> codings() {
        return Stream.of("chunked", "Chunked", "CHUNKED", "chunked ", "\tchunked\t", "chunked,", ",chunked", ", ,chunked",
                "chunked, identity",
                "identity, chunked", "identity", "gzip, chunked", "chunked, gzip", "gzip", "chunked, chunked", "chunked chunked",
                        "xchunked",
                "chunkedx", "chunked;q=0", "chunked; a=b", "\"chunked\"", "'chunked'", "chunked\u000b", "\u000bchunked", "\u000cchunked",
                "chunked\u0000", "\u0000chunked", "chunked\u00a0", "\u00a0chunked", "chunked\u0085", "chun ked", "chunk", "", " ", "\u00ff",
                "chunked\r\n chunked", "chunked\r\n\tx", "\r\n chunked", "chunked\r\nTransfer-Encoding: identity",
                "identity\r\nTransfer-Encoding: chunked", "chunked\r\nTransfer-Encoding: chunked", "\r\nTransfer-Encoding: chunked",
                "chunked\r\nTransfer-Encoding:", "chunked\nX: y", "chunked\rX: y", "x\r\nConnection: Transfer-Encoding")
                .flatMap(coding -> Stream.of(post("TE " + coding, "Transfer-Encoding: " + coding, "5\r\nhello\r\n0\r\n\r\n"),
                        post("CL, TE " + coding, "Content-Length: 4\r\nTransfer-Encoding: " + coding, "5\r\nhello\r\n0\r\n\r\n"),
                        post("TE, CL " + coding, "Transfer-Encoding: " + coding + "\r\nContent-Length: 4", "5\r\nhello\r\n0\r\n\r\n"),
                        new Vector("TE in 1.0 " + coding, "POST / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: "
                                + coding
                                + "\r\n\r\n5\r\nhello\r\n0\r\n\r\n")));
    }

    static Stream<Vector> lengths() {
        return Stream.of("5", "05", "0000000000000000000005", " 5 ", "\t5\t", "+5", "-5", "-0", "5.0", "5e0", "0x5", "0b101", "5,5", "5, 5",
                "5,6", "5,", ",5", "5;", "5 5", "5_0", "\"5\"", "'5'", "", " ", "\u00d9\u00a5", "\u00b2", "5\u0000", "5\u000b", "\u000b5",
                        "five",
                "4294967301", "9223372036854775807", "9223372036854775808", "18446744073709551621", "99999999999999999999999999999999",
                        "NaN",
                "5\r\n 0", "5\r\n", "5\nX: y", "5\rX: y", "5#", "5%", "5\u00a0", "(5)", "5(c)")
                .flatMap(length -> Stream.of(post("CL " + length, "Content-Length: " + length, "hello"),
                        post("CL twice, first " + length, "Content-Length: " + length + "\r\nContent-Length: 5", "hello"),
                        post("CL twice, last " + length, "Content-Length: 0\r\nContent-Length: " + length, "hello")));
    }

    static Stream<Vector> names() {
        return Stream.of("%s :", "%s\t:", " %s:", "\t%s:", "%s\u0000:", "\u0000%s:", "%s\u000b:", "%s\u00a0:", "\u00a0%s:", "%s::", ":%s:",
                "%s;:",
                "%s(c):", "\"%s\":", "X: y\r\n %s:", "X: y\r\n\t%s:", "X: y\n%s:", "X: y\r%s:", "X: y\r\r\n%s:", "X: y\n\r%s:",
                        "X: y\u0000\r\n%s:",
                "%s", "%s=", "%s ", "\r%s:", "\n%s:", "%s\r:", "%s\n:", "%s\r\n:", "X-%s:", "%s-X:", "\ufeff%s:".replace("\ufeff",
                        "\u00ef\u00bb\u00bf"))
                .flatMap(form -> Stream.of("Content-Length", "Transfer-Encoding", "Host", "Content_Length", "Transfer_Encoding",
                        "content-length",
                        "TRANSFER-ENCODING").map(name -> {
                            boolean coding = name.toLowerCase(Locale.ROOT).startsWith("transfer");
                            String value = coding ? " chunked" : name.equals("Host") ? " evil.example" : " 5";
                            return post("name " + form.formatted(name), form.formatted(name) + value,
                                    coding ? "5\r\nhello\r\n0\r\n\r\n" : "hello");
                        }));
    }

    static Stream<Vector> lineEnds() {
        String request = "POST /first HTTP/1.1|Host: a.example|X: y|Content-Length: 5||";
        return Stream.of("\n", "\r", "\r\r\n", "\n\r", "\r\n\n", "\r\n\r", "\u000b", "\u0085", "\u00e2\u0080\u00a8", " \r\n", "\t\r\n",
                "\u0000\r\n", "").flatMap(end ->
                IntStream.range(0, 5).mapToObj(which -> {
                    var text = new StringBuilder();
                    String[] lines = request.split("\\|", -1);
                    for (int i = 0; i < 5; i++) {
                        text.append(lines[i]).append(i == which ? end : "\r\n");
                    }
                    return new Vector("line " + which + " ends in " + end, text + "hello");
                }));
    }

    static Stream<Vector> chunks() {
        return Stream.of("5\r\nhello\r\n0\r\n\r\n", "05\r\nhello\r\n00\r\n\r\n", "0000000000000005\r\nhello\r\n0\r\n\r\n",
                "5;a\r\nhello\r\n0;b\r\n\r\n",
                "5;a=b\r\nhello\r\n0\r\n\r\n", "5;a=\"b;\\\"c\"\r\nhello\r\n0\r\n\r\n", "5;a=\"\r\nhello\r\n0\r\n\r\n",
                        "5;a\nhello\r\n0\r\n\r\n",
                "5;\nhello\r\n0\r\n\r\n", "5;a\rhello\r\n0\r\n\r\n", "5 ;a\r\nhello\r\n0\r\n\r\n", "5; a\r\nhello\r\n0\r\n\r\n",
                "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n", "5;a=\"\u0000\"\r\nhello\r\n0\r\n\r\n", "5\nhello\r\n0\r\n\r\n",
                        "5\rhello\r\n0\r\n\r\n",
                "5\r\nhello\n0\r\n\r\n", "5\r\nhello\r0\r\n\r\n", "5\r\nhello0\r\n\r\n", "5\r\nhello\r\n0\n\r\n", "5\r\nhello\r\n0\r\n\n",
                "5\r\nhello\r\n0\r\n\r", "5\r\nhello\r\n0\r\r\n\r\n", "5\r\nhello\r\n\r\n0\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n",
                        " 5\r\nhello\r\n0\r\n\r\n",
                "+5\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "5h\r\nhello\r\n0\r\n\r\n",
                        "5_\r\nhello\r\n0\r\n\r\n",
                "5.\r\nhello\r\n0\r\n\r\n", "5,5\r\nhello\r\n0\r\n\r\n", "\r\n5\r\nhello\r\n0\r\n\r\n", "g\r\n\r\n0\r\n\r\n", "\r\n\r\n",
                        "-0\r\n\r\n", "0\r\n\r\n",
                "4\r\nhello\r\n0\r\n\r\n", "6\r\nhello\r\n0\r\n\r\n", "100000005\r\nhello\r\n0\r\n\r\n",
                        "10000000000000005\r\nhello\r\n0\r\n\r\n",
                "FFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n", "0\r\nX: y\r\n\r\n", "0\r\nHost: evil\r\n\r\n", "0\r\nContent-Length: 40\r\n\r\n",
                "0\r\nX : y\r\n\r\n", "0\r\n X: y\r\n\r\n", "0\r\nX: y\n\r\n", "0\r\nX\r\n\r\n", "0\r\nX: y\r\n z\r\n\r\n",
                        "0\r\nGET /x HTTP/1.1\r\n\r\n",
                "0\r\nX: \u0000\r\n\r\n", "0\r\nX: y\rZ: z\r\n\r\n", "5\u0000\r\nhello\r\n0\r\n\r\n", "5\u000b\r\nhello\r\n0\r\n\r\n",
                        "\u00d9\u00a5\r\nhello\r\n0\r\n\r\n")
                .flatMap(body -> Stream.of(post("chunks " + body, "Transfer-Encoding: chunked", body),
                        post("chunks, TE: trailers " + body, "TE: trailers\r\nConnection: TE\r\nTransfer-Encoding: chunked", body)));
    }

    static Stream<Vector> requestLines() {
        return Stream.of("GET / HTTP/1.1", "GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET\t/\tHTTP/1.1", " GET / HTTP/1.1", "GET / HTTP/1.1 ",
                "GET / HTTP/1.1\t",
                "GET /", "GET / ", "GET", "", " ", "GET / HTTP/1", "GET / HTTP/1.10", "GET / HTTP/01.1", "GET / HTTP/1.01",
                        "GET / HTTP/11", "GET / HTTP/1,1",
                "GET / HTTP/1.2", "GET / HTTP/0.9", "GET / HTTP/2.0", "GET / HTTP/3", "GET / http/1.1", "GET / HTTPS/1.1",
                        "GET / HTTP /1.1", "GET / HTTP/ 1.1",
                "GET / HTTP/1.1 HTTP/1.1", "GET / HTTP/1.1 X", "GET / X HTTP/1.1", "GET /\u000bHTTP/1.1", "GET /\u00a0HTTP/1.1",
                        "GET\u0000 / HTTP/1.1",
                "get / HTTP/1.1", "Get / HTTP/1.1", "G(ET / HTTP/1.1", "\"GET\" / HTTP/1.1", "GET/ HTTP/1.1", "GET,POST / HTTP/1.1",
                        "PRI * HTTP/2.0",
                "CONNECT a:443 HTTP/1.1", "CONNECT / HTTP/1.1", "PURGE / HTTP/1.1", "\u00ef\u00bb\u00bfGET / HTTP/1.1",
                        "\r\nGET / HTTP/1.1", "\r\n\r\nGET / HTTP/1.1",
                "\nGET / HTTP/1.1", "\rGET / HTTP/1.1", "GET / HTTP/1.1\r\nGET /smuggled HTTP/1.1", "GET / HTTP/1.0",
                        "\u0016\u0003\u0001\u0002\u0000\u0001",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET / HTTP/1.1").map(AmbiguousRequestsTest::line);
    }

    static Stream<Vector> targets() {
        return Stream.of("/", "//", "/../x", "/a/./b", "/%2e%2e/x", "/%2f", "/%00", "/%0d%0aX:%20y", "/%", "/%zz", "/\\..\\x", "/;a=b",
                "/a?b?c", "/a#b", "/#", "#",
                "?", "?a", "a", "a/b", "*", "**", "*/", "/*", "@", "/@b", "http://", "http:///x", "http://b.example", "http://b.example/",
                        "http://b.example?q",
                "http://b.example/x?y", "HTTP://B.example/", "https://b.example/", "http://b.example:81/", "http://b.example:/",
                        "http://b.example:x/",
                "http://b.example:99999/", "http://u@b.example/", "http://u:p@b.example/", "http://b.example@c.example/",
                        "http://b.example\\@c/", "http://b.example#/",
                "http://b example/", "http://[::1]/", "http://[::1]:80/", "http://[::1/", "http://::1/", "http:/b.example/",
                        "http:b.example", "//b.example/",
                "///b.example", "ftp://b.example/", "file:///x", "javascript:1", "b.example:80", "http://b.example,c.example/",
                        "http://b..example/",
                "http://.b/", "http://b.example%00/", "http://%62/", "/\u0000", "/\u007f", "/\u00e9", "/\ta", "/a b", "/a\u000bb", "/a\rb",
                        "/a\nb", "/\"<>^`{|}",
                "/" + "a".repeat(4000))
                .flatMap(target -> Stream.of("GET", "OPTIONS", "POST").map(method -> line(method + " " + target + " HTTP/1.1")));
    }

    static Stream<Vector> hosts() {
        return Stream.of("a", "A", "a.", "a..", ".a", "a..b", ".", "", " ", "a b", "a\tb", "a,b", "a, b", "a;b", "a/b", "a\\b", "a?b",
                "a#b", "a@b", "u:p@a", "a:80", "a:",
                "a:080", "a:0", "a:65535", "a:65536", "a:000080", "a:-1", "a:+80", "a:8 0", "a:80:80", "a:80x", ":80", "a%62", "a%00",
                        "a\u0000", "\u00e9", "a_b",
                "-a", "[::1]", "[::1]:80", "[::1", "::1", "[::1]x", "[]", "[::1%25lo]", "[v1.a]", "127.0.0.1", "0x7f.1", "2130706433",
                        "http://a", "\"a\"", "a(c)", "a'",
                "a\"", "a<", "*", "*.a", "a\r\nHost: b", "a\r\nhost: a", "a\r\n b", "a\r\nHost:", "a|b", "a!b", "a$b", "a&b", "a=b", "a~b",
                        "a".repeat(300))
                .flatMap(host -> Stream.of(new Vector("host " + host, "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"),
                        new Vector("host in 1.0 " + host, "GET / HTTP/1.0\r\nHost: " + host + "\r\nConnection: keep-alive\r\n\r\n"),
                        new Vector("host of an absolute target " + host, "GET http://b.example/x HTTP/1.1\r\nHost: " + host + "\r\n\r\n")));
    }

    static Stream<Vector> octets() {
        return IntStream.concat(IntStream.range(0, 48), IntStream.range(120, 164)).mapToObj(c -> String.valueOf((char) c))
                .flatMap(c -> Stream.of(post("value " + c, "X: a" + c + "b\r\nContent-Length: 5", "hello"),
                        post("name " + c, "X" + c + "Y: ab\r\nContent-Length: 5", "hello"), line("GET /a" + c + "b HTTP/1.1"),
                        line("G" + c + "T /ab HTTP/1.1"), post("before " + c, c + "Content-Length: 5", "hello")));
    }

    static Stream<Vector> hops() {
        return Stream.of("Content-Length", "Transfer-Encoding", "Host", "close", "close, Content-Length", "keep-alive, close", "upgrade",
                "\u0000", "Content-Length;", ",,",
                "content-length, host").flatMap(listed -> Stream.of(
                        post("Connection " + listed, "Connection: " + listed + "\r\nContent-Length: 5", "hello"),
                        post("Connection, chunked " + listed, "Connection: " + listed + "\r\nTransfer-Encoding: chunked",
                                "5\r\nhello\r\n0\r\n\r\n"),
                        post("Connection, h2c " + listed, "Connection: Upgrade, HTTP2-Settings, " + listed
                                + "\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\nContent-Length: 5", "hello"),
                        post("Connection, websocket " + listed, "Connection: Upgrade, "
                                + listed + "\r\nUpgrade: websocket\r\nContent-Length: 5", "hello"),
                        post("Connection, Expect " + listed, "Connection: " + listed + "\r\nExpect: 100-continue\r\nContent-Length: 5",
                                "hello")));
    }

    static Stream<Vector> vectors() {
        return Stream.of(codings(), lengths(), names(), lineEnds(), chunks(), requestLines(), targets(), hosts(), octets(), hops())
                .flatMap(all -> all);
    }

    @Test
    void thereAreSeveralHundred() {
        long refused = vectors().filter(v -> reeves(v.text + NEXT).refused).count();
        assertThat(vectors().count()).isGreaterThan(1000);
        assertThat(refused).as("and both kinds").isBetween(500L, vectors().count() - 200);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void whatArrivesIsWhatWasMeant(Vector vector) throws IOException {
        backend.forget();
        Reading reading = reeves(vector.text + NEXT);
        assertNoMoreLenientThanTheStrictParser(vector, reading);
        try (RawConnection client = fixture.connect()) {
            client.send(vector.text + NEXT);
            for (Meaning meant : reading.requests) {
                assertThat(client.readMessage().status()).as("%s", meant).isEqualTo(200);
            }
            if (reading.refused) {
                RawConnection.Message refusal = client.readMessage();
                assertThat(refusal.status()).isIn(400, 417, 501, 505);
                assertThat(refusal.header("Connection")).isEqualTo("close");
                assertThat(client.readToEnd()).isEmpty();
            }
        }
        var arrived = new ArrayList<Meaning>();
        for (String connection : backend.received()) {
            Optional<StrictRequest> first = StrictRequest.read(connection);
            first.ifPresent(request -> {
                assertThat(connection).as("one request and no rest").hasSize(request.length());
                assertThat(request.minorVersion()).isEqualTo(1);
                assertThat(request.trailers()).allSatisfy(t -> assertThat(t.name()).isEqualTo("x"));
                arrived.add(Meaning.of(request));
            });
        }
        assertThat(arrived).isEqualTo(reading.requests.stream().map(this::asForwarded).toList());
    }

    /// HTTP/1.0 allows a request without a host; towards the backend it gets one.
    private Meaning asForwarded(Meaning meant) {
        return meant.authority.isEmpty() ? new Meaning(meant.method, meant.resource, backend.address().toString(), meant.body) : meant;
    }

    private static void assertNoMoreLenientThanTheStrictParser(Vector vector, Reading reading) {
        if (reading.requests.isEmpty()) {
            return;
        }
        String text = vector.text.startsWith("\r\n") ? vector.text.substring(2) : vector.text; // forgiven, RFC 9112 §2.2
        try {
            Meaning strict = Meaning.of(StrictRequest.read(text + NEXT).orElseThrow());
            assertThat(reading.requests.getFirst()).isEqualTo(strict);
        } catch (StrictRequest.Wrong e) {
            fail("Reeve takes for a request what is none: " + e.getMessage());
        }
    }

    @Test
    void theStrictParserSeesWhatIsLeftOver() {
        assertThat(StrictRequest.all(NEXT + NEXT)).hasSize(2);
        assertThatThrownBy(() -> StrictRequest.all(NEXT + "G")).isInstanceOf(StrictRequest.Wrong.class);
        assertThatThrownBy(() -> StrictRequest.read("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx"))
                .isInstanceOf(StrictRequest.Wrong.class);
    }
}
