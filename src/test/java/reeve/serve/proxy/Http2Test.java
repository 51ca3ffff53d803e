package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.base.SystemTime;
import reeve.model.InstanceState;
import reeve.serve.route.Route;
import reeve.sleep.WakeGate;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;
import reeve.testing.RecordingBackend;

/// HTTP/2 from clients, frame by frame, to backends that speak HTTP/1.1.
@Tag("it")
@Timeout(30)
class Http2Test {
    private static final int PROTOCOL_ERROR = 1;
    private static final int INTERNAL_ERROR = 2;
    private static final int REFUSED_STREAM = 7;

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

    private static String[] request(String method, String path, String... more) {
        return Stream.concat(Stream.of(":method", method, ":scheme", "http", ":path", path, ":authority", "a.example"),
                Arrays.stream(more)).toArray(String[]::new);
    }

    @Test
    void aRequestReachesTheBackendAsHttp11() throws Exception {
        try (RawHttp2 client = connect()) {
            client.headers(1, true, request("GET", "/a?b=c", "x-one", "1 ", "cookie", "a=1", "accept", "*/*", "cookie", "b=2"));
            RawHttp2.Answer answer = client.answer(1);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.fields).containsKey("date").containsEntry("content-length", "0").doesNotContainKey("connection");
        }
        assertThat(backend.only().replaceAll("reeve-[0-9a-f]{8}", "reeve-ID").replace(":" + fixture.address.port(), ":PORT")
                .replace("Port: " + fixture.address.port(), "Port: PORT")).isEqualTo("""
                GET /a?b=c HTTP/1.1
                Host: a.example
                x-one: 1
                accept: */*
                Cookie: a=1; b=2
                X-Forwarded-For: 127.0.0.1
                X-Forwarded-Proto: http
                X-Forwarded-Port: PORT
                X-Forwarded-Host: a.example
                Via: 2.0 reeve-ID

                """.replace("\n", "\r\n"));
    }

    @Test
    void manyRequestsShareAConnection() throws Exception {
        try (RawHttp2 client = connect()) {
            for (int stream = 1; stream < 199; stream += 2) {
                client.headers(stream, false, request("POST", "/" + stream));
                client.data(stream, true, "body " + stream);
            }
            for (int stream = 1; stream < 199; stream += 2) {
                assertThat(client.answer(stream).body()).isEqualTo("body " + stream);
            }
        }
        await().until(() -> fixture.inFlight() == 0);
    }

    @Test
    void aBodyWithoutALengthGoesOnInChunks() throws Exception {
        try (RawHttp2 client = connect()) {
            client.headers(1, false, request("POST", "/")).data(1, false, "one").data(1, false, "").data(1, true, "two and three");
            assertThat(client.answer(1).body()).isEqualTo("onetwo and three");
        }
        assertThat(backend.only()).contains("Transfer-Encoding: chunked\r\n").endsWith("\r\n0\r\n\r\n");
    }

    @Test
    void aBodyWithALengthGoesOnAsItIs() throws Exception {
        try (RawHttp2 client = connect()) {
            client.headers(1, false, request("POST", "/", "content-length", "6")).data(1, false, "one").data(1, true, "two");
            assertThat(client.answer(1).body()).isEqualTo("onetwo");
        }
        assertThat(backend.only()).contains("Content-Length: 6\r\n").endsWith("\r\n\r\nonetwo").doesNotContain("Transfer-Encoding");
    }

    @Test
    void aPostThatEndsWithItsHeadHasALengthOfZero() throws Exception {
        try (RawHttp2 client = connect()) {
            client.headers(1, true, request("POST", "/"));
            assertThat(client.answer(1).status()).isEqualTo(200);
        }
        assertThat(backend.only()).contains("Content-Length: 0\r\n");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void trailersPassBothWaysForWhoTakesThem(boolean takes) throws Exception {
        try (var chunked = new RecordingBackend(_ -> "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 9\r\n"
                + "Set-Cookie: no=1\r\n\r\n"); RawHttp2 client = connect()) {
            fixture.to(chunked.address());
            client.headers(1, false, takes ? request("POST", "/", "te", "trailers") : request("POST", "/"));
            client.data(1, false, "in").headers(1, true, "x-check", "7", "authorization", "no");
            RawHttp2.Answer answer = client.answer(1);

            assertThat(answer.body()).isEqualTo("ok");
            assertThat(answer.trailers.toString()).isEqualTo(takes ? "{x-sum=9}" : "{}");
            assertThat(chunked.only()).endsWith(takes ? "0\r\nx-check: 7\r\n\r\n" : "0\r\n\r\n");
        }
    }

    @Test
    void interimAnswersPass() throws Exception {
        try (var early = new RecordingBackend(_ -> "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + RawBackend.ok("late"));
                RawHttp2 client = connect()) {
            fixture.to(early.address());
            RawHttp2.Answer answer = client.get(1, "/").answer(1);

            assertThat(answer.interims).isEqualTo(1);
            assertThat(answer.body()).isEqualTo("late");
        }
    }

    @Test
    void whoExpectsAContinueGetsTheBackends() throws Exception {
        try (var waiting = RawBackend.serving((c, _) -> {
            c.readHead();
            c.send("HTTP/1.1 100 Continue\r\n\r\n");
            c.read(4);
            c.send(RawBackend.ok("thanks"));
        }); RawHttp2 client = connect()) {
            fixture.to(waiting.address());
            client.headers(1, false, request("PUT", "/", "content-length", "4", "expect", "100-continue"));
            assertThat(client.head(1).status()).isEqualTo(100);
            assertThat(client.data(1, true, "body").answer(1).body()).isEqualTo("thanks");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"})
    void anAnswerWithoutABodyEndsWithItsHead(String text) throws Exception {
        try (var bodiless = new RecordingBackend(_ -> text); RawHttp2 client = connect()) {
            fixture.to(bodiless.address());
            RawHttp2.Answer answer = client.get(1, "/").answer(1);

            assertThat(answer.frames).isEqualTo(1);
            assertThat(answer.status()).isEqualTo(text.startsWith("HTTP/1.1 204") ? 204 : 304);
        }
    }

    @Test
    void headHasALengthAndNoBody() throws Exception {
        try (var sized = new RecordingBackend(_ -> "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"); RawHttp2 client = connect()) {
            fixture.to(sized.address());
            RawHttp2.Answer answer = client.headers(1, true, request("HEAD", "/")).answer(1);

            assertThat(answer.fields).containsEntry("content-length", "5");
            assertThat(answer.frames).isEqualTo(1);
        }
    }

    @Test
    void optionsOfTheServerStayWhatTheyAre() throws Exception {
        try (RawHttp2 client = connect()) {
            assertThat(client.headers(1, true, request("OPTIONS", "*")).answer(1).status()).isEqualTo(200);
        }
        assertThat(backend.only()).startsWith("OPTIONS * HTTP/1.1\r\n");
    }

    @Test
    void connectIsRefused() throws Exception {
        try (RawHttp2 client = connect()) {
            assertThat(client.headers(1, false, ":method", "CONNECT", ":authority", "a.example:25").answer(1).status()).isEqualTo(501);
            assertThat(client.headers(3, false, request("CONNECT", "/", ":protocol", "connect-udp")).answer(3).status()).isEqualTo(501);
            assertThat(client.get(5, "/").answer(5).status()).isEqualTo(200);
        }
    }

    @Test
    void hostTakesThePlaceOfAMissingAuthority() throws Exception {
        try (RawHttp2 client = connect()) {
            client.headers(1, true, ":method", "GET", ":scheme", "http", ":path", "/", "host", "b.example");
            assertThat(client.answer(1).status()).isEqualTo(200);
            client.headers(3, true, request("GET", "/", "host", "A.example"));
            assertThat(client.answer(3).status()).isEqualTo(200);
        }
        assertThat(backend.received().toString()).contains("Host: b.example\r\n").contains("Host: a.example\r\n");
    }

    private static Arguments with(String name, String... fields) {
        return Arguments.of(name, fields);
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                with("a line feed in a value", request("GET", "/", "x", "a\r\nEvil: 1")),
                with("a bare line feed in a value", request("GET", "/", "x", "a\nb")),
                with("a bare carriage return in a value", request("GET", "/", "x", "a\rb")),
                with("a NUL in a value", request("GET", "/", "x", "a\u0000b")),
                with("a colon in a name", request("GET", "/", "x:y", "1")),
                with("a line feed in a name", request("GET", "/", "x\nevil", "1")),
                with("a space in a name", request("GET", "/", "x y", "1")),
                with("upper case in a name", request("GET", "/", "X-Y", "1")),
                with("an empty name", request("GET", "/", "", "1")),
                with("a name beyond ASCII", request("GET", "/", "x\u00e4", "1")),
                with("connection", request("GET", "/", "connection", "x")),
                with("keep-alive", request("GET", "/", "keep-alive", "5")),
                with("proxy-connection", request("GET", "/", "proxy-connection", "x")),
                with("transfer-encoding", request("POST", "/", "transfer-encoding", "chunked")),
                with("upgrade", request("GET", "/", "upgrade", "h2c")),
                with("te other than trailers", request("GET", "/", "te", "gzip")),
                with("no path", ":method", "GET", ":scheme", "http", ":authority", "a.example"),
                with("an empty path", request("GET", "")),
                with("no method", ":scheme", "http", ":path", "/", ":authority", "a.example"),
                with("no scheme", ":method", "GET", ":path", "/", ":authority", "a.example"),
                with("another scheme", ":method", "GET", ":scheme", "file", ":path", "/", ":authority", "a.example"),
                with("two methods", request("GET", "/", ":method", "POST")),
                with("two paths", ":method", "GET", ":path", "/", ":path", "/b", ":scheme", "http", ":authority", "a.example"),
                with("two authorities", ":authority", "b", ":method", "GET", ":path", "/", ":scheme", "http", ":authority", "a"),
                with("a pseudo-header field after others", ":method", "GET", ":path", "/", ":scheme", "http", "x", "y", ":authority", "a"),
                with("an unknown pseudo-header field", request("GET", "/", ":evil", "1")),
                with("a pseudo-header field of answers", request("GET", "/", ":status", "200")),
                with("a host that differs", request("GET", "/", "host", "b.example")),
                with("an empty authority", ":method", "GET", ":scheme", "http", ":path", "/", ":authority", ""),
                with("a space before a value", request("GET", "/", "x", " y")),
                with("two hosts", request("GET", "/", "host", "a.example", "host", "b.example")),
                with("a space in the method", request("GET /evil HTTP/1.1\r\nHost: b\r\n\r\nGET", "/")),
                with("a space in the path", request("GET", "/ HTTP/1.1\r\nHost: b\r\n\r\n")),
                with("a tab in the path", request("GET", "/a\tb")),
                with("a line feed in the authority", ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a\r\nx: y"),
                with("a whole URL as path", request("GET", "http://b.example/")),
                with("lengths that differ", request("POST", "/", "content-length", "1", "content-length", "2")),
                with("a length with a sign", request("POST", "/", "content-length", "+1")),
                with("a length and no body", request("POST", "/", "content-length", "5")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void malformed(String name, String[] fields) throws Exception {
        try (RawHttp2 client = connect()) {
            assertThat(client.headers(1, true, fields).answer(1).reset).isEqualTo(PROTOCOL_ERROR);
            assertThat(client.get(3, "/next").answer(3).status()).as("the connection goes on").isEqualTo(200);
        }
        assertThat(backend.only()).startsWith("GET /next HTTP/1.1\r\n");
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                with("400 no host", ":method", "GET", ":scheme", "http", ":path", "/"),
                with("400 a user in the authority", ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "u@a.example"),
                with("400 a path in the authority", ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a/b"),
                with("400 a fragment", request("GET", "/#x")),
                with("400 * without OPTIONS", request("GET", "*")),
                with("417 an expectation", request("GET", "/", "expect", "tea")),
                with("431 too many fields", Stream.concat(Arrays.stream(request("GET", "/")),
                        Stream.generate(() -> "x").limit(202)).toArray(String[]::new)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refused(String name, String[] fields) throws Exception {
        try (RawHttp2 client = connect()) {
            assertThat(client.headers(1, true, fields).answer(1).status()).isEqualTo(Integer.parseInt(name.substring(0, 3)));
            assertThat(client.get(3, "/next").answer(3).status()).as("the connection goes on").isEqualTo(200);
        }
        assertThat(backend.only()).startsWith("GET /next HTTP/1.1\r\n");
    }

    @Test
    void aHeadLargerThanTheLimitIsAnswered431() throws Exception {
        try (RawHttp2 client = connect()) {
            byte[] block = RawHttp2.block(request("GET", "/", "x-large", "x".repeat(40_000)));
            client.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, Arrays.copyOf(block, 16_000));
            client.frame(RawHttp2.CONTINUATION, 0, 1, Arrays.copyOfRange(block, 16_000, 32_000));
            client.frame(RawHttp2.CONTINUATION, RawHttp2.END_HEADERS, 1, Arrays.copyOfRange(block, 32_000, block.length));
            assertThat(client.answer(1).status()).isEqualTo(431);
        }
        assertThat(backend.received()).isEmpty();
    }

    @Test
    void aBodyThatIsNotAsLongAsItSaysIsCut() throws Exception {
        try (RawHttp2 client = connect()) {
            client.headers(1, false, request("POST", "/", "content-length", "3")).data(1, true, "four");
            assertThat(client.answer(1).reset).isEqualTo(PROTOCOL_ERROR);
            client.headers(3, false, request("POST", "/", "content-length", "5")).data(3, true, "four");
            assertThat(client.answer(3).reset).isEqualTo(PROTOCOL_ERROR);
            assertThat(client.get(5, "/").answer(5).status()).isEqualTo(200);
        }
    }

    @Test
    void anAnswerThatIsCutShortIsReset() throws Exception {
        try (var broken = RawBackend.serving((c, _) -> {
            c.readHead();
            c.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nnot all");
        }); RawHttp2 client = connect()) {
            fixture.to(broken.address());
            RawHttp2.Answer answer = client.get(1, "/").answer(1);

            assertThat(answer.reset).isEqualTo(INTERNAL_ERROR);
            assertThat(answer.ended).isFalse();
        }
    }

    @Test
    void anAnswerUntilTheEndOfItsConnectionEndsInOrder() throws Exception {
        try (var closing = RawBackend.serving((c, _) -> {
            c.readHead();
            c.send("HTTP/1.1 200 OK\r\n\r\nall of it");
        }); RawHttp2 client = connect()) {
            fixture.to(closing.address());
            assertThat(client.get(1, "/").answer(1).body()).isEqualTo("all of it");
            assertThat(client.of(1).ended).isTrue();
        }
    }

    @Test
    void aClientThatResetsARequestEndsItAtTheBackend() throws Exception {
        var gone = new CountDownLatch(1);
        try (var slow = RawBackend.serving((c, _) -> {
            c.readHead();
            c.readToEnd();
            gone.countDown();
        }); RawHttp2 client = connect()) {
            fixture.to(slow.address());
            client.get(1, "/");
            await().until(() -> fixture.inFlight() == 1);
            client.frame(RawHttp2.RST_STREAM, 0, 1, RawHttp2.number(8));
            gone.await();
            await().until(() -> fixture.inFlight() == 0);
            await().untilAsserted(() -> assertThat(fixture.logged()).contains("\"status\":499"));
        }
    }

    @Test
    void anAnswerBeforeTheEndOfTheRequestStopsTheClient() throws Exception {
        try (var hasty = RawBackend.serving((c, _) -> {
            c.readHead();
            c.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
            c.readToEnd();
        }); RawHttp2 client = connect()) {
            fixture.to(hasty.address());
            RawHttp2.Answer answer = client.headers(1, false, request("POST", "/")).data(1, false, "some").answer(1);
            assertThat(answer.status()).isEqualTo(413);
            while (answer.reset < 0) {
                client.step();
            }
            assertThat(answer.reset).as("NO_ERROR").isZero();
        }
    }

    @Test
    void aWebsocketOpensATunnel() throws Exception {
        try (var chat = RawBackend.serving((c, _) -> {
            String head = c.readHead();
            c.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n"
                    + "Sec-WebSocket-Protocol: chat\r\n\r\nhello");
            c.send(c.read(4).toUpperCase(java.util.Locale.ROOT) + head.lines().filter(l -> l.startsWith("Sec-WebSocket-Key")).count());
            c.readToEnd();
        }); RawHttp2 client = connect()) {
            fixture.to(chat.address());
            client.headers(1, false, request("CONNECT", "/chat", ":protocol", "websocket", "sec-websocket-version", "13",
                    "sec-websocket-protocol", "chat"));
            RawHttp2.Answer answer = client.head(1);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.fields).containsEntry("sec-websocket-protocol", "chat")
                    .doesNotContainKeys("upgrade", "connection", "sec-websocket-accept");
            client.data(1, false, "ping");
            while (answer.bytes.size() < 10) {
                client.step();
            }
            assertThat(answer.body()).isEqualTo("helloPING1");
            client.data(1, true, "");
            assertThat(client.answer(1).ended).isTrue();
            await().until(() -> fixture.inFlight() == 0);
        }
    }

    @Test
    void aWebsocketThatTheBackendDoesNotWantDoesNotLookOpen() throws Exception {
        try (RawHttp2 client = connect()) {
            client.headers(1, false, request("CONNECT", "/", ":protocol", "websocket", "sec-websocket-version", "13"));
            assertThat(client.head(1).status()).isEqualTo(502);
        }
    }

    @Test
    void aRequestIsHeldForAWake() throws Exception {
        fixture.toService(true, new Route.Availability.Asleep(), InstanceState.ASLEEP, backend.address());
        try (RawHttp2 client = connect()) {
            client.headers(1, false, request("POST", "/")).data(1, true, "patient");
            client.get(3, "/");
            await().until(() -> fixture.wakeGate.waiting.size() == 2);
            client.frame(RawHttp2.RST_STREAM, 0, 3, RawHttp2.number(8));
            await().until(() -> fixture.wakeGate.waiting.get(1).waiter().gone());
            fixture.toSleeper(backend.address());
            fixture.wakeGate.finish(new WakeGate.Outcome.Awake());
            assertThat(client.answer(1).body()).isEqualTo("patient");
        }
    }

    @Test
    void aReaderThatStopsStopsTheBackend() throws Exception {
        try (var endless = RawBackend.serving((c, _) -> {
            c.readHead();
            c.send("HTTP/1.1 200 OK\r\n\r\n");
            while (true) {
                c.send("x".repeat(64 * 1024));
            }
        }); RawHttp2 client = connect().stalling()) {
            fixture.to(endless.address());
            client.get(1, "/");
            while (client.of(1).bytes.size() < 65_535) {
                client.step();
            }
            client.frame(RawHttp2.PING, 0, 0, new byte[8]);
            RawHttp2.Frame next = client.next();
            assertThat(next.type()).as("nothing but the answer to the ping").isEqualTo(RawHttp2.PING);
            client.frame(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.number(1000)).frame(RawHttp2.WINDOW_UPDATE, 0, 1, RawHttp2.number(1000));
            while (client.of(1).bytes.size() < 66_535) {
                client.step();
            }
        }
    }

    @Test
    void aBackendThatDoesNotReadStopsTheClient() throws Exception {
        try (var deaf = RawBackend.serving((_, _) -> new CountDownLatch(1).await()); RawHttp2 client = connect()) {
            fixture.to(deaf.address());
            client.headers(1, false, request("POST", "/"));
            int sent = 0;
            while (client.step()) { // until the settings are there
                if (client.of(0).frames >= 3) {
                    break;
                }
            }
            int granted = Http2Handler.STREAM_WINDOW;
            byte[] piece = new byte[16_384];
            while (sent + piece.length <= granted) {
                client.frame(RawHttp2.DATA, 0, 1, piece);
                sent += piece.length;
            }
            client.frame(RawHttp2.PING, 0, 0, new byte[8]);
            int windows = 0;
            for (RawHttp2.Frame frame = client.next(); frame.type() != RawHttp2.PING; frame = client.next()) {
                windows++;
            }
            assertThat(windows).as("grants of the stream and of the connection, for what the sockets took").isLessThan(8);
        }
    }

    @Test
    void oneRequestTooManyIsRefusedAndMayBeSentAgain() throws Exception {
        fixture.close();
        fixture = new ProxyFixture(new SystemTime(), s -> s.withStreams(2));
        try (var slow = RawBackend.serving((c, _) -> {
            c.readHead();
            c.readToEnd();
        }); RawHttp2 client = connect()) {
            fixture.to(slow.address());
            assertThat(client.get(1, "/").get(3, "/").get(5, "/").answer(5).reset).isEqualTo(REFUSED_STREAM);
        }
    }

    @Test
    void withoutStreamsHttp2IsNotSpoken() throws Exception {
        fixture.close();
        fixture = new ProxyFixture(new SystemTime(), s -> s.withStreams(0));
        assertThat(fixture.ask(RawHttp2.PREFACE).status()).isEqualTo(505);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 14, 16, 20, 24})
    void thePrefaceMayComeInPieces(int cut) throws Exception {
        try (var socket = new java.net.Socket(fixture.address.host(), fixture.address.port())) {
            var client = new RawHttp2(socket);
            client.text(RawHttp2.PREFACE.substring(0, cut));
            await().pollDelay(Duration.ofMillis(50)).until(() -> fixture.proxy.connections() == 1);
            client.text(RawHttp2.PREFACE.substring(cut)).frame(RawHttp2.SETTINGS, 0, 0);
            assertThat(client.get(1, "/").answer(1).status()).isEqualTo(200);
        }
    }

    @Test
    void thePrefaceIsNoRequestAfterAnother() throws Exception {
        try (RawConnection client = fixture.connect()) {
            client.send(ProxyFixture.get("/"));
            client.readMessage();
            assertThat(client.send(RawHttp2.PREFACE).readMessage().status()).isEqualTo(505);
        }
    }

    @Test
    void theUpgradeToHttp2IsNotMade() throws Exception {
        assertThat(fixture.ask("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                + "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n").status()).isEqualTo(200);
        assertThat(backend.only()).doesNotContain("h2c").doesNotContain("HTTP2-Settings");
    }

    @Test
    void closingLetsRequestsEndAndTakesNoMore() throws Exception {
        fixture.close();
        fixture = new ProxyFixture(new SystemTime(), s -> s.withLoops(1).withDrain(Duration.ofSeconds(10)));
        var release = new CountDownLatch(1);
        try (var slow = RawBackend.serving((c, _) -> {
            c.readHead();
            release.await();
            c.send(RawBackend.ok("in time"));
        }); RawHttp2 client = connect()) {
            fixture.to(slow.address());
            client.get(1, "/");
            await().until(() -> fixture.inFlight() == 1);
            Thread closing = Thread.ofVirtual().start(fixture::close);
            assertThat(client.goingAway()).isEqualTo(1);
            client.get(3, "/late");
            release.countDown();
            assertThat(client.answer(1).body()).isEqualTo("in time");
            assertThat(client.end()).as(client.said()).isZero();
            assertThat(client.of(3).reset).isEqualTo(REFUSED_STREAM);
            closing.join();
        }
    }

    @Test
    void aConnectionWithoutRequestsEndsInOrder() throws Exception {
        fixture.close();
        fixture = new ProxyFixture(new SystemTime(), s -> s.withTimeouts(new ProxySettings.Timeouts(Duration.ofSeconds(1),
                Duration.ofSeconds(1), Duration.ofMillis(300), Duration.ofMillis(300), ProxySettings.Pace.DEFAULT, Duration.ofSeconds(1))));
        fixture.to(backend.address());
        try (RawHttp2 client = connect()) {
            assertThat(client.get(1, "/").answer(1).status()).isEqualTo(200);
            assertThat(client.end()).as("NO_ERROR").isZero();
        }
        try (var silent = new java.net.Socket(fixture.address.host(), fixture.address.port())) {
            var halfway = new RawHttp2(silent).text(RawHttp2.PREFACE);
            assertThat(halfway.end()).isEqualTo(PROTOCOL_ERROR);
        }
        await().until(() -> fixture.proxy.connections() == 0);
    }

    @Test
    void gRpcIsToldInItsOwnWords() throws Exception {
        fixture.toService(false, new Route.Availability.Serving(), InstanceState.STARTING, backend.address());
        try (RawHttp2 client = connect()) {
            client.headers(1, false, request("POST", "/wiki.Pages/Get", "te", "trailers", "content-type", "application/grpc+proto"));
            RawHttp2.Answer answer = client.answer(1);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.frames).isEqualTo(1);
            assertThat(answer.fields).containsEntry("grpc-status", "14").containsEntry("content-type", "application/grpc")
                    .containsEntry("grpc-message", "cannot reach wiki/web yet: no instance is ready");
            assertThat(client.headers(3, true, request("POST", "/", "content-type", "application/grpc-web")).answer(3).status())
                    .as("no gRPC").isEqualTo(503);
        }
    }
}
