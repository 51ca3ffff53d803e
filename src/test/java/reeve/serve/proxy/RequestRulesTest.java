package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.base.SystemTime;
import reeve.model.AddressRange;
import reeve.model.RouteSpec;
import reeve.serve.route.Route;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;
import reeve.testing.RecordingBackend;
import reeve.testing.StrictRequest;

/// The rules of forwarding a request, each by its bytes on both sides. What is refused for its form is tested in [SmugglingTest] and
/// [AmbiguousRequestsTest].
@Tag("it")
@Timeout(20)
class RequestRulesTest {
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

    private void trusting(String range, boolean keepsUnderscored) {
        fixture.close();
        var edge = new ProxySettings.Edge(List.of(AddressRange.parse(range)), false, keepsUnderscored);
        fixture = new ProxyFixture(new SystemTime(), s -> s.withEdge(edge)).to(backend.address());
    }

    /// The bytes that reach the backend for one request, with what differs from run to run made equal.
    private String forwarded(String request) throws IOException {
        RawConnection.Message answer = fixture.ask(request);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return backend.only().replaceAll("reeve-[0-9a-f]{8}", "reeve-ID").replace(":" + fixture.address.port(), ":PORT")
                .replace("Port: " + fixture.address.port(), "Port: PORT");
    }

    /// The lines that Reeve adds to each request for a host.
    private static String added(String host) {
        return "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: PORT\r\nX-Forwarded-Host: " + host
                + "\r\nVia: 1.1 reeve-ID\r\n";
    }

    @Test
    @DisplayName("rule 1: Connection, what it names, and every other field of one hop stay here")
    void fieldsOfOneHopStayHere() throws IOException {
        assertThat(forwarded("GET /a HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, X-One ,\tx-two\r\nX-One: 1\r\nX-Two: 2\r\nX-Two: 3\r\n"
                + "X-Three: 4\r\nConnection: X-Four\r\nX-Four: 5\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nTE: gzip\r\n"
                + "Trailer: X\r\nUpgrade: foo\r\nX-Onee: 6\r\n\r\n"))
                .isEqualTo("GET /a HTTP/1.1\r\nHost: h\r\nX-Three: 4\r\nX-Onee: 6\r\n" + added("h") + "\r\n");
    }

    @Test
    @DisplayName("rule 1: Connection removes nothing that the proxy itself says")
    void connectionRemovesNothingThatTheProxySays() throws IOException {
        assertThat(forwarded("POST / HTTP/1.1\r\nHost: h\r\nConnection: Host, Via, Content-Length, X-Forwarded-For, X-Forwarded-Proto, "
                + "X-Forwarded-Host, X-Forwarded-Port, Max-Forwards\r\nVia: 1.1 other\r\nContent-Length: 2\r\n\r\nhi"))
                .isEqualTo("POST / HTTP/1.1\r\nHost: h\r\nVia: 1.1 other\r\nContent-Length: 2\r\n" + added("h") + "\r\nhi");
    }

    @Test
    @DisplayName("rule 1, 12: Connection of a client behind a trusted proxy does not remove what that proxy says")
    void connectionDoesNotRemoveWhatATrustedProxySays() throws IOException {
        trusting("127.0.0.0/8", false);
        assertThat(forwarded("GET / HTTP/1.1\r\nHost: h\r\nConnection: X-Forwarded-For, X-Forwarded-Proto, X-Real-IP\r\n"
                + "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\nX-Real-IP: 203.0.113.9\r\n\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-Proto: https\r\nX-Real-IP: 203.0.113.9\r\n"
                        + "X-Forwarded-For: 203.0.113.9, 127.0.0.1\r\nX-Forwarded-Port: PORT\r\nX-Forwarded-Host: h\r\n"
                        + "Via: 1.1 reeve-ID\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({"Content-Length: 5 | Transfer-Encoding: chunked, 400", "Transfer-Encoding: chunked | Content-Length: 5, 400",
            "Content-Length: 5 | Content-Length: 5, 400", "Content-Length: 5 | Content-Length: 6, 400", "Content-Length: +5, 400",
            "Content-Length: 0x5, 400", "Content-Length: 5_0, 400", "Content-Length: 99999999999999999999, 400", "Content-Length:, 400",
            "Transfer-Encoding: gzip, 400", "Transfer-Encoding: foo, 501", "Transfer-Encoding: identity, 501"})
    @DisplayName("rule 2: framing that is not plain is refused, and the connection ends")
    void framingThatIsNotPlainIsRefused(String lines, int status) throws IOException {
        try (RawConnection client = fixture.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\n" + lines.replace(" | ", "\r\n") + "\r\n\r\nhello");
            RawConnection.Message answer = client.readMessage();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(client.readToEnd()).isEmpty();
        }
        assertThat(backend.received()).isEmpty();
    }

    @Test
    @DisplayName("rule 3: extensions of chunks are dropped, sizes stay")
    void extensionsOfChunksAreDropped() throws IOException {
        assertThat(forwarded("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n5;a=\"\\\"\r\";b\r\n".replace("\r\"", "\"")
                + "hello\r\n1\r\n!\r\n0;end\r\nX: dropped\r\n\r\n"))
                .isEqualTo("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n" + added("h")
                        + "\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"80000000\r\n", "100000005\r\nhello\r\n0\r\n\r\n", "FFFFFFFF\r\n"})
    @DisplayName("rule 3: a chunk whose size does not fit 32 bits is refused")
    void aChunkWhoseSizeDoesNotFit(String body) throws IOException {
        RawConnection.Message answer = fixture.ask("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
        assertThat(answer.status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"GET / HTTP/1.1|H\u00f6st: h; 400", "GET / HTTP/1.1|Host: h| folded: x; 400",
            "GET / HTTP/1.1|Host: h|X : y; 400", "GET / HTTP/1.1|Host: h|X; 400", "GET  / HTTP/1.1|Host: h; 400",
                    "GET / HTTP/1.2|Host: h; 505",
            "GET /#f HTTP/1.1|Host: h; 400", "G(T / HTTP/1.1|Host: h; 400"})
    @DisplayName("rule 4: lines that are not well formed are refused")
    void linesThatAreNotWellFormed(String lines, int status) throws IOException {
        assertThat(fixture.ask(lines.replace("|", "\r\n") + "\r\n\r\n").status()).isEqualTo(status);
        assertThat(backend.received()).isEmpty();
    }

    @Test
    @DisplayName("rule 5: the authority of an absolute target goes before Host, for routing and for the backend")
    void theAuthorityOfAnAbsoluteTargetGoesBeforeHost() throws IOException {
        try (var other = RecordingBackend.echo()) {
            fixture.sources.publish("apps", List.of(new Route(new RouteSpec("a.example", "/"), new Route.ToExternal(backend.address())),
                    new Route(new RouteSpec("b.example", "/"), new Route.ToExternal(other.address()))));
            assertThat(forwarded("GET http://A.example:81/x?y HTTP/1.1\r\nHost: b.example\r\n\r\n"))
                    .isEqualTo("GET /x?y HTTP/1.1\r\nHost: A.example:81\r\n" + added("A.example:81") + "\r\n");
            assertThat(other.received()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.example", "A.EXAMPLE", "a.example.", "a.example:80", "a.Example.:8080", "a.example:"})
    @DisplayName("rule 5: routing looks at neither case, final dot nor port of a host; the backend gets it as it came")
    void routingIgnoresCaseFinalDotAndPort(String host) throws IOException {
        fixture.sources.publish("apps", List.of(new Route(new RouteSpec("a.example", "/"), new Route.ToExternal(backend.address()))));
        assertThat(forwarded("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: " + host + "\r\n" + added(host) + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"X: y", "Host: a\r\nHost: a", "Host: u@a", "Host: a/b", "Host: a b", "Host:", "Host: a:b"})
    @DisplayName("rule 5: a request has exactly one valid Host")
    void aRequestHasOneValidHost(String lines) throws IOException {
        assertThat(fixture.ask("GET / HTTP/1.1\r\n" + lines + "\r\n\r\n").status()).isEqualTo(400);
        assertThat(backend.received()).isEmpty();
    }

    @Test
    @DisplayName("rule 5: OPTIONS * is forwarded as it is, also from its absolute form")
    void optionsOfTheServer() throws IOException {
        assertThat(forwarded("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")).startsWith("OPTIONS * HTTP/1.1\r\nHost: h\r\n");
        backend.forget();
        fixture.close();
        fixture = new ProxyFixture().to(backend.address());
        assertThat(forwarded("OPTIONS http://h HTTP/1.1\r\nHost: h\r\n\r\n")).startsWith("OPTIONS * HTTP/1.1\r\nHost: h\r\n");
    }

    @ParameterizedTest
    @CsvSource({"CONNECT h:443 HTTP/1.1, 501", "CONNECT / HTTP/1.1, 501", "GET * HTTP/1.1, 400", "GET h:80 HTTP/1.1, 400"})
    @DisplayName("rule 5: CONNECT is refused, and so are targets in forms of other methods")
    void connectIsRefused(String line, int status) throws IOException {
        RawConnection.Message answer = fixture.ask(line + "\r\nHost: h\r\n\r\n");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Connection")).isEqualTo("close");
        assertThat(backend.received()).isEmpty();
    }

    @Test
    @DisplayName("rule 9: trailers pass where the client says that it takes them, but nothing that means something in a head")
    void trailersPassWhereTheClientTakesThem() throws IOException {
        String trailers = "X-Sum: 1\r\nGrpc-Status: 0\r\n";
        String never = "Host: evil\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\nAuthorization: x\r\nCookie: y\r\nSet-Cookie: z\r\n"
                + "Content-Type: a/b\r\nX-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\nX_Real_IP: 6.6.6.6\r\n"
                + "Proxy: evil\r\nProxy-Authorization: e\r\nX-Listed: 1\r\nIf-Match: *\r\nVia: 1.1 x\r\nConnection: close\r\n"
                + "Sec-WebSocket-Key: k\r\nRange: bytes=0-1\r\n";
        assertThat(forwarded("POST / HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nConnection: TE, X-Listed\r\nTrailer: X-Sum\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n" + never + "Grpc-Status: 0\r\n\r\n"))
                .isEqualTo("POST / HTTP/1.1\r\nHost: h\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n" + added("h")
                        + "Connection: TE\r\nTE: trailers\r\n\r\n5\r\nhello\r\n0\r\n" + trailers + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "TE: gzip\r\n", "TE: trailers;q=1\r\n", "TE: xtrailers\r\n"})
    @DisplayName("rule 9: trailers are dropped where the client does not say that it takes them")
    void trailersAreDroppedOtherwise(String te) throws IOException {
        assertThat(forwarded("POST / HTTP/1.1\r\nHost: h\r\n" + te + "Transfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\n\r\n"))
                .endsWith("Via: 1.1 reeve-ID\r\n\r\n0\r\n\r\n").doesNotContain("TE:");
    }

    @Test
    @DisplayName("rule 9: trailers pass whole in whatever pieces they come, and the next request after them")
    void trailersPassInPieces() throws IOException {
        String request = "POST / HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\n"
                + "Cookie: no\r\nY: 2\r\n\r\n";
        try (RawConnection client = fixture.connect()) {
            for (int at = request.indexOf("0\r\nX-Sum"); at < request.length(); at++) {
                client.send(request.substring(0, at)).send(request.substring(at));
                assertThat(client.readMessage().body()).isEqualTo("hi");
            }
            client.send(request + request);
            assertThat(client.readMessage().body() + client.readMessage().body()).isEqualTo("hihi");
        }
        assertThat(StrictRequest.all(backend.only())).isNotEmpty().allSatisfy(r -> assertThat(r.trailers())
                .containsExactly(new StrictRequest.Field("x-sum", "1"), new StrictRequest.Field("y", "2")));
    }

    @Test
    @DisplayName("rule 12: Via is added to what came, with the version of what was received")
    void viaIsAdded() throws IOException {
        assertThat(forwarded("GET / HTTP/1.0\r\nHost: h\r\nVia: 1.1 other\r\n\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: h\r\nVia: 1.1 other\r\n" + added("h").replace("Via: 1.1", "Via: 1.0") + "\r\n");
    }

    @Test
    @DisplayName("rule 12: a request that goes in circles ends with 508")
    void aRequestThatGoesInCircles() throws IOException {
        fixture.to(fixture.address);
        RawConnection.Message answer = fixture.ask(ProxyFixture.get("/"));
        assertThat(answer.status()).isEqualTo(508);
        assertThat(answer.head()).startsWith("HTTP/1.1 508 Loop Detected\r\n");
        assertThat(answer.body()).contains("circles");
    }

    @ParameterizedTest
    @CsvSource({"OPTIONS, 200, OK", "TRACE, 501, Not Implemented"})
    @DisplayName("rule 12: OPTIONS and TRACE are forwarded as often as Max-Forwards says")
    void maxForwardsIsCounted(String method, int status, String reason) throws IOException {
        assertThat(forwarded(method + " / HTTP/1.1\r\nHost: h\r\nMax-Forwards: 01\r\n\r\n"))
                .isEqualTo(method + " / HTTP/1.1\r\nHost: h\r\n" + added("h") + "Max-Forwards: 0\r\n\r\n");
        try (RawConnection client = fixture.connect()) {
            client.send(method + " / HTTP/1.1\r\nHost: h\r\nCookie: secret\r\nMax-Forwards: 0\r\n\r\n");
            RawConnection.Message answer = client.readMessage();
            assertThat(answer.head()).startsWith("HTTP/1.1 " + status + " " + reason);
            assertThat(answer.body()).doesNotContain("secret");
            assertThat(client.send(ProxyFixture.get("/next")).readMessage().status()).isEqualTo(200);
        }
        for (String wrong : List.of("x", "", "-1", "1, 1", "1\r\nMax-Forwards: 1", "9999999999")) {
            String request = method + " / HTTP/1.1\r\nHost: h\r\nMax-Forwards: " + wrong + "\r\n\r\n";
            assertThat(fixture.ask(request).status()).as(wrong).isEqualTo(400);
        }
    }

    @Test
    @DisplayName("rule 12: Max-Forwards of other methods means nothing; TRACE has no body")
    void maxForwardsOfOtherMethods() throws IOException {
        assertThat(forwarded("GET / HTTP/1.1\r\nHost: h\r\nMax-Forwards: 0\r\n\r\n")).contains("Max-Forwards: 0\r\n");
        assertThat(fixture.ask("TRACE / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx").status()).isEqualTo(400);
    }

    @Test
    @DisplayName("rule 12: what a stranger says about where a request came from is replaced")
    void whatAStrangerSaysIsReplaced() throws IOException {
        trusting("10.0.0.0/8", true);
        assertThat(forwarded("GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n"
                + "X-Forwarded-Host: evil\r\n"
                + "X-Forwarded-Port: 1\r\nX-Forwarded-Prefix: /evil\r\nX-Forwarded-Anything: x\r\nForwarded: for=6.6.6.6\r\n"
                + "X-Real-IP: 6.6.6.6\r\nX_Forwarded_For: 6.6.6.6\r\nX-Forwarded_Proto: https\r\nX_Real_IP: 6.6.6.6\r\n\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: h\r\n" + added("h") + "\r\n");
        assertThat(fixture.logged()).doesNotContain("6.6.6.6");
    }

    @Test
    @DisplayName("rule 12: what a trusted proxy says is added to, and the access log names the client")
    void whatATrustedProxySaysIsAddedTo() throws Exception {
        trusting("127.0.0.1", false);
        assertThat(forwarded("GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 6.6.6.6, 203.0.113.9\r\nX-Forwarded-Proto: https\r\n"
                + "X-Forwarded-Host: public\r\nX-Forwarded-Port: 443\r\nForwarded: for=203.0.113.9\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: public\r\nX-Forwarded-Port: 443\r\n"
                        + "Forwarded: for=203.0.113.9\r\nX-Forwarded-For: 6.6.6.6, 203.0.113.9, 127.0.0.1, 127.0.0.1\r\n"
                        + "Forwarded: for=127.0.0.1;proto=http\r\nVia: 1.1 reeve-ID\r\n\r\n");
        fixture.close();
        assertThat(fixture.logged()).contains("\"client\":\"203.0.113.9\"");
    }

    @Test
    @DisplayName("rule 12: a client behind a trusted proxy is shown no routes")
    void aClientBehindATrustedProxyIsShownNoRoutes() throws IOException {
        trusting("127.0.0.1", false);
        fixture.sources.publish("apps", List.of(new Route(new RouteSpec("secret.example", "/"), new Route.ToExternal(backend.address()))));
        RawConnection.Message answer = fixture.ask(ProxyFixture.get("/"));
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).doesNotContain("secret.example");
    }

    @Test
    @DisplayName("rule 12: names with _ are dropped, unless they are wanted; those that look like ours are dropped even then")
    void namesWithUnderscores() throws IOException {
        String request = "GET / HTTP/1.1\r\nHost: h\r\nX_Remote_User: root\r\nContent_Length: 5\r\n"
                + "X-Forwarded_For: 6.6.6.6\r\nX-A: 1\r\n\r\n";
        assertThat(forwarded(request)).isEqualTo("GET / HTTP/1.1\r\nHost: h\r\nX-A: 1\r\n" + added("h") + "\r\n");
        backend.forget();
        trusting("10.0.0.0/8", true);
        assertThat(forwarded(request)).isEqualTo("GET / HTTP/1.1\r\nHost: h\r\nX_Remote_User: root\r\nX-A: 1\r\n" + added("h") + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"//a/../b%2f?c", "/%00%5C;x=1/..", "/a%2e%2e/", "/a?b?c/../d", "/\"<>\\^`{|}", "/%"})
    @DisplayName("rule 14: the target is forwarded byte by byte")
    void theTargetIsForwardedByteByByte(String target) throws IOException {
        assertThat(forwarded("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n"))
                .isEqualTo("GET " + target + " HTTP/1.1\r\nHost: h\r\n" + added("h") + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Proxy", "proxy", "PROXY"})
    @DisplayName("rule 15: Proxy never reaches a backend")
    void proxyNeverReachesABackend(String name) throws IOException {
        assertThat(forwarded("GET / HTTP/1.1\r\nHost: h\r\n" + name + ": http://evil\r\nX: y\r\n\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: h\r\nX: y\r\n" + added("h") + "\r\n");
    }

    @Test
    @DisplayName("rule 11: a request that may not be sent twice is not, one that may is sent on a new connection")
    void onlyWhatMayBeSentTwiceIs() throws IOException {
        try (var dying = RawBackend.serving((c, number) -> {
            c.readMessage();
            if (number > 1) {
                c.send(RawBackend.ok("again"));
                c.readToEnd();
            }
            c.send(RawBackend.ok("first"));
            c.readMessage(); // and goes without a word
        })) {
            fixture.to(dying.address());
            try (RawConnection client = fixture.connect()) {
                assertThat(client.send(ProxyFixture.get("/")).readMessage().body()).isEqualTo("first");
                assertThat(client.send(ProxyFixture.get("/")).readMessage().body()).isEqualTo("again");
            }
        }
        try (var dying = RawBackend.serving((c, _) -> {
            c.readMessage();
            c.send(RawBackend.ok("first"));
            c.readMessage();
        })) {
            fixture.to(dying.address());
            try (RawConnection client = fixture.connect()) {
                assertThat(client.send(ProxyFixture.get("/")).readMessage().body()).isEqualTo("first");
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");
                assertThat(client.readMessage().status()).isEqualTo(502);
                assertThat(dying.connections()).isEqualTo(1);
            }
        }
    }
}
