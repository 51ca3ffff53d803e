package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.base.SystemTime;
import reeve.model.Address;
import reeve.model.Failure;
import reeve.model.InstanceState;
import reeve.serve.route.Route;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;

@Tag("it")
@Timeout(30)
class ForwardingTest {
    private final ProxyFixture fixture = new ProxyFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static String echo(RawConnection.Message request) {
        return RawBackend.ok(request.body().isEmpty() ? request.head().lines().findFirst().orElseThrow() : request.body());
    }

    @Test
    void manyRequestsOnOneConnectionReachTheBackendOnOneConnection() throws IOException {
        try (var backend = RawBackend.answering(ForwardingTest::echo); var client = fixture.to(backend.address()).connect()) {
            for (int i = 0; i < 50; i++) {
                RawConnection.Message answer = client.send(ProxyFixture.get("/x?" + i)).readMessage();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("GET /x?" + i + " HTTP/1.1");
            }
            assertThat(backend.connections()).isEqualTo(1);
            assertThat(fixture.inFlight()).isZero();
        }
    }

    @Test
    void theHeadIsRewritten() throws IOException {
        try (var backend = RawBackend.answering(ForwardingTest::echo)) {
            fixture.to(backend.address())
                    .ask("POST http://B.example:81/p?q HTTP/1.1\r\nHost: a\r\nAccept: x\r\nConnection: keep-alive, X-Listed , TE\r\n"
                    + "X-Listed: 1\r\nKeep-Alive: 5\r\nProxy-Connection: y\r\nTE: trailers\r\nTrailer: T\r\nUpgrade: h2c\r\n"
                    + "HTTP2-Settings: AA\r\nProxy: evil\r\nX-Forwarded-For: 1.2.3.4\r\n"
                    + "X_Forwarded_For: 5.6.7.8\r\nX-Forwarded-Prefix: /evil\r\nX-Real-IP: 9\r\nForwarded: for=1\r\n"
                    + "Cookie: c=1\r\nContent-Length: 00002\r\nX-Last: z\r\n\r\nhi");
            String head = backend.requests().getFirst().head();
            assertThat(head).matches(
                    "POST /p\\?q HTTP/1.1\r\nHost: B.example:81\r\nAccept: x\r\nCookie: c=1\r\nX-Last: z\r\nContent-Length: 2\r\n"
                    + "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: " + fixture.address.port()
                            + "\r\nX-Forwarded-Host: B.example:81\r\nVia: 1.1 reeve-[0-9a-f]{8}\r\n"
                            + "Connection: TE\r\nTE: trailers\r\n\r\n");
        }
    }

    @Test
    void connectionCannotRemoveWhatTheProxySets() throws IOException {
        try (var backend = RawBackend.answering(ForwardingTest::echo)) {
            fixture.to(backend.address())
                    .ask("POST / HTTP/1.1\r\nHost: a\r\nConnection: Host, Content-Length, X-Forwarded-For\r\nContent-Length: 2\r\n\r\nhi");
            assertThat(backend.requests().getFirst().head())
                    .contains("Host: a\r\n", "Content-Length: 2\r\n", "X-Forwarded-For: 127.0.0.1\r\n");
        }
    }

    @Test
    void theAnswersHeadIsRewritten() throws IOException {
        try (var backend = RawBackend.answering(_ ->
                "HTTP/1.1 203 Mine\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 3\r\nServer: s\r\nUpgrade: h2\r\n"
                + "Content-Length: 1\r\n\r\nx")) {
            RawConnection.Message answer = fixture.to(backend.address()).ask(ProxyFixture.get("/"));
            assertThat(answer.head())
                    .matches("HTTP/1.1 203 Mine\r\nServer: s\r\n"
                            + "Date: [A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT\r\n"
                            + "Content-Length: 1\r\n\r\n");
        }
    }

    @Test
    void chunkedBodiesPassBothWaysWithoutExtensionsAndTrailers() throws IOException {
        try (var backend = RawBackend.answering(request ->
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=\"y\"\r\nabc\r\n" + "2\r\n" + request.body().substring(0, 2)
                        + "\r\n0\r\nX-Forwarded-For: evil\r\n\r\n");
                var client = fixture.to(backend.address()).connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;ext\r\nhello\r\n0\r\nTrailer: t\r\n\r\n");
                assertThat(client.readMessage().body()).isEqualTo("abche");
            }
            assertThat(backend.requests()).extracting(RawConnection.Message::body).containsOnly("hello");
            assertThat(backend.connections()).isEqualTo(1);
        }
    }

    @Test
    void aClientOfHttp10GetsBareDataAndTheEnd() throws IOException {
        try (var backend = RawBackend.answering(_ ->
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n");
                var client = fixture.to(backend.address()).connect()) {
            client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(client.readHead()).contains("Connection: close").doesNotContain("chunked");
            assertThat(client.readToEnd()).isEqualTo("abcde");
            assertThat(backend.requests().getFirst().head()).contains("Host: " + backend.address() + "\r\n")
                    .doesNotContain("X-Forwarded-Host");
        }
    }

    @Test
    void http10KeepsAliveWhereAsked() throws IOException {
        try (var backend = RawBackend.answering(ForwardingTest::echo); var client = fixture.to(backend.address()).connect()) {
            RawConnection.Message answer = client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").readMessage();
            assertThat(answer.header("Connection")).isEqualTo("keep-alive");
            client.send("GET / HTTP/1.0\r\n\r\n");
            assertThat(client.readMessage().header("Connection")).isEqualTo("close");
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void anAnswerUntilCloseEndsTheConnection() throws IOException {
        try (var backend = RawBackend.serving((c, _) -> {
            c.readMessage();
            c.send("HTTP/1.1 200 OK\r\n\r\nall of it");
        })) {
            RawConnection.Message answer = fixture.to(backend.address()).ask(ProxyFixture.get("/"));
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(answer.body()).isEqualTo("all of it");
        }
    }

    @Test
    void answersWithoutABodyDoNotStallTheConnection() throws IOException {
        try (var backend = RawBackend.answering(request -> request.head().startsWith("HEAD")
                ? "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
                : request.head().contains("/304") ? "HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\nETag: x\r\n\r\n"
                        : "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n");
                var client = fixture.to(backend.address()).connect()) {
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readHead()).contains("Content-Length: 1000");
            client.send(ProxyFixture.get("/304"));
            assertThat(client.readHead()).contains("304", "Content-Length: 1000", "ETag: x");
            client.send(ProxyFixture.get("/204"));
            assertThat(client.readHead()).contains("204").doesNotContain("Content-Length");
            assertThat(backend.connections()).isEqualTo(1);
        }
    }

    @Test
    void interimAnswersPassButNotToHttp10() throws IOException {
        try (var backend = RawBackend.answering(_ -> "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
                + RawBackend.ok("done"))) {
            fixture.to(backend.address());
            try (var client = fixture.connect()) {
                client.send(ProxyFixture.get("/"));
                assertThat(client.readHead()).startsWith("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n");
                assertThat(client.readMessage().body()).isEqualTo("done");
            }
            assertThat(fixture.ask("GET / HTTP/1.0\r\n\r\n").status()).isEqualTo(200);
        }
    }

    @Test
    void aClientThatExpects100SendsItsBodyAfterIt() throws IOException {
        try (var backend = RawBackend.serving((c, _) -> {
            assertThat(c.readHead()).contains("Expect: 100-continue");
            c.send("HTTP/1.1 100 Continue\r\n\r\n");
            c.send(RawBackend.ok(c.read(5)));
        }); var client = fixture.to(backend.address()).connect()) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            assertThat(client.readHead()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(client.send("hello").readMessage().body()).isEqualTo("hello");
        }
    }

    @Test
    void anAnswerBeforeTheBodyEndsTheConnectionOnBothSides() throws IOException {
        try (var backend = RawBackend.serving((c, _) -> {
            c.readHead();
            c.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
            c.readToEnd();
        }); var client = fixture.to(backend.address()).connect()) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            RawConnection.Message answer = client.readMessage();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.header("Connection")).isEqualTo("close");
            client.send("hello" + ProxyFixture.get("/smuggled"));
            assertThat(client.ended()).isTrue();
            assertThat(backend.connections()).isEqualTo(1);
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        try (var backend = RawBackend.answering(ForwardingTest::echo); var client = fixture.to(backend.address()).connect()) {
            var requests = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                requests.append(i % 3 == 0 ? "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nb" + (100 + i)
                        : ProxyFixture.get("/" + i));
            }
            client.send(requests.toString());
            for (int i = 0; i < 200; i++) {
                assertThat(client.readMessage().body()).isEqualTo(i % 3 == 0 ? "b" + (100 + i) : "GET /" + i + " HTTP/1.1");
            }
        }
    }

    @Test
    void pipelinedRequestsThatTheProxyAnswersItselfNeedNoStack() throws IOException {
        try (var client = fixture.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(5000));
            for (int i = 0; i < 5000; i++) {
                assertThat(client.readMessage().status()).isEqualTo(404);
            }
        }
    }

    @Test
    void aHeadMayComeByteByByte() throws IOException {
        try (var backend = RawBackend.answering(ForwardingTest::echo); var client = fixture.to(backend.address()).connect()) {
            for (char c : "\r\nPOST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc".toCharArray()) {
                client.send(String.valueOf(c));
            }
            assertThat(client.readMessage().body()).isEqualTo("abc");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void largeBodiesPassWholeInBothDirectionsOnBothTransports(boolean nativeTransport) throws Exception {
        String body = "0123456789abcdef".repeat(512 * 1024);
        try (var other = new ProxyFixture(new SystemTime(), s -> s.withNativeTransport(nativeTransport)); var backend =
                RawBackend.answering(ForwardingTest::echo);
                var client = other.to(backend.address()).connect()) {
            for (int i = 0; i < 2; i++) {
                var sender = Thread.ofVirtual().start(() -> {
                    try {
                        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                assertThat(client.readMessage().body().equals(body)).isTrue();
                sender.join();
            }
        }
    }

    @Test
    void aSlowReaderStopsTheBackendInsteadOfFillingMemory() throws Exception {
        var sent = new AtomicLong();
        try (var backend = RawBackend.serving((c, _) -> {
            c.readMessage();
            c.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
            byte[] block = new byte[64 * 1024];
            while (true) {
                c.send(block);
                sent.addAndGet(block.length);
            }
        }); var client = RawConnection.slowTo(fixture.to(backend.address()).address)) {
            client.send(ProxyFixture.get("/"));
            client.readHead();
            await().until(() -> {
                long before = sent.get();
                return await().pollDelay(Duration.ofMillis(500)).until(sent::get, now -> true) == before && before > 0;
            });
            assertThat(sent.get()).as("kernel buffers and one water mark, not the whole answer").isLessThan(32_000_000);
            byte[] some = new byte[1 << 20];
            for (long got = 0; got < 20_000_000; ) {
                got += client.readSome(some);
            }
            long before = sent.get();
            await().until(() -> sent.get() >= before);
            assertThat(fixture.inFlight()).isEqualTo(1);
        }
        await().until(() -> fixture.inFlight() == 0);
    }

    @Test
    void aSlowBackendStopsTheClient() throws Exception {
        var release = new CountDownLatch(1);
        var sent = new AtomicLong();
        try (var backend = RawBackend.serving((c, _) -> {
            c.readHead();
            release.await();
            byte[] some = new byte[1 << 20];
            for (long got = 0; got < 100_000_000; ) {
                got += c.readSome(some);
            }
            c.send(RawBackend.ok("got it"));
        }); var client = fixture.to(backend.address()).connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
            var sender = Thread.ofVirtual().start(() -> {
                try {
                    byte[] block = new byte[100_000];
                    for (int i = 0; i < 1000; i++) {
                        client.send(block);
                        sent.addAndGet(block.length);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            await().pollInterval(Duration.ofMillis(300)).until(new Callable<>() {
                private long last = -1;

                @Override
                public Boolean call() {
                    boolean still = sent.get() == last && last > 0;
                    last = sent.get();
                    return still;
                }
            });
            assertThat(sent.get()).isLessThan(50_000_000);
            release.countDown();
            assertThat(client.readMessage().body()).isEqualTo("got it");
            sender.join();
        }
    }

    @Test
    void streamsArePassedOnAsTheyCome() throws IOException {
        var next = new Semaphore(0);
        try (var backend = RawBackend.serving((c, _) -> {
            c.readMessage();
            c.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 3; i++) {
                next.acquireUninterruptibly();
                c.send("3\r\ne" + i + "\n\r\n");
            }
            c.send("0\r\n\r\n");
        }); var client = fixture.to(backend.address()).connect()) {
            client.send(ProxyFixture.get("/"));
            assertThat(client.readHead()).contains("chunked");
            for (int i = 0; i < 3; i++) {
                next.release();
                assertThat(client.read(8)).isEqualTo("3\r\ne" + i + "\n\r\n");
            }
            assertThat(client.read(5)).isEqualTo("0\r\n\r\n");
        }
    }

    @Test
    void aClientThatLeavesEndsItsRequestAtTheBackend() throws IOException {
        var left = new CountDownLatch(1);
        try (var backend = RawBackend.serving((c, _) -> {
            c.readMessage();
            if (c.ended()) {
                left.countDown();
            }
        })) {
            try (var client = fixture.to(backend.address()).connect()) {
                client.send(ProxyFixture.get("/"));
                await().until(() -> fixture.inFlight() == 1);
            }
            await().until(() -> left.getCount() == 0 && fixture.inFlight() == 0);
            await().until(fixture::logged, log -> log.contains("\"status\":499"));
        }
    }

    @Test
    void requestsAreCountedWhileTheyAreOpenAndSpreadOverInstances() throws IOException {
        var release = new CountDownLatch(1);
        RawBackend.Handler slow = (c, _) -> {
            c.readMessage();
            release.await();
            c.send(RawBackend.ok("x"));
        };
        try (var one = RawBackend.serving(slow); var two = RawBackend.serving(slow)) {
            fixture.toService(false, new Route.Availability.Serving(), InstanceState.RUNNING, one.address(), two.address());
            var clients = new ArrayList<RawConnection>();
            for (int i = 0; i < 20; i++) {
                clients.add(fixture.connect().send(ProxyFixture.get("/")));
                int expected = i + 1;
                await().until(() -> fixture.inFlight() == expected);
            }
            assertThat(fixture.sources.table().views().getFirst().targets()).allSatisfy(t -> assertThat(t.inFlight()).isEqualTo(10));
            release.countDown();
            for (RawConnection client : clients) {
                assertThat(client.readMessage().status()).isEqualTo(200);
                client.close();
            }
            assertThat(fixture.inFlight()).isZero();
        }
    }

    @Test
    void aConnectionThatDiedInThePoolIsReplacedForAGet() throws IOException {
        var closeAfterAnswer = new AtomicBoolean(true);
        try (var backend = RawBackend.serving((c, number) -> {
            c.readMessage();
            c.send(RawBackend.ok("first"));
            c.readMessage(); // the second request arrives, and is never answered
            if (number > 1) {
                c.send(RawBackend.ok("again"));
            }
            closeAfterAnswer.set(false);
        }); var client = fixture.to(backend.address()).connect()) {
            assertThat(client.send(ProxyFixture.get("/")).readMessage().body()).isEqualTo("first");
            assertThat(client.send(ProxyFixture.get("/")).readMessage().body()).as("sent again on a fresh connection").isEqualTo("first");
            assertThat(backend.connections()).isEqualTo(2);
        }
    }

    @Test
    void aPostIsNeverSentTwice() throws IOException {
        try (var backend = RawBackend.serving((c, _) -> {
            c.readMessage();
            c.send(RawBackend.ok("first"));
            c.readMessage();
        }); var client = fixture.to(backend.address()).connect()) {
            assertThat(client.send(ProxyFixture.get("/")).readMessage().status()).isEqualTo(200);
            assertThat(client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx").readMessage().status()).isEqualTo(502);
            assertThat(backend.connections()).isEqualTo(1);
        }
    }

    @Test
    void aTakenPortIsAConflictThatNamesTheAddress() {
        var settings = ProxySettings.listeningOn(List.of(fixture.address));
        try (var second = new Proxy(settings, fixture.sources, fixture.traffic, fixture.wakeGate, new SystemTime(), () -> 0,
                Optional.empty())) {
            assertThatThrownBy(second::start).isInstanceOfSatisfying(Failure.class, failure -> {
                assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFLICT);
                assertThat(failure).hasMessageContaining(fixture.address.toString());
            });
        }
    }

    @Test
    void aNameOfABackendIsResolved() throws IOException {
        try (var backend = RawBackend.answering(ForwardingTest::echo)) {
            assertThat(fixture.to(new Address("localhost", backend.address().port())).ask(ProxyFixture.get("/")).status()).isEqualTo(200);
            assertThat(fixture.to(new Address("nowhere.invalid", 80)).ask(ProxyFixture.get("/")).status()).isEqualTo(502);
        }
    }

    @Test
    void closingLetsAnOpenRequestEnd() throws Exception {
        var release = new CountDownLatch(1);
        try (var other = new ProxyFixture(new SystemTime(), s ->
                s.withLoops(1).withDrain(Duration.ofSeconds(10)));
                var backend = RawBackend.serving((c, _) -> {
                    c.readMessage();
                    release.await();
                    c.send(RawBackend.ok("in time"));
                }); var client = other.to(backend.address()).connect()) {
            client.send(ProxyFixture.get("/"));
            await().until(() -> other.inFlight() == 1);
            var closing = Thread.ofVirtual().start(other::close);
            await().until(() -> {
                try {
                    other.connect().close();
                    return false;
                } catch (IOException e) {
                    return true; // refused: the listener is closed
                }
            });
            release.countDown();
            RawConnection.Message answer = client.readMessage();
            assertThat(answer.body()).isEqualTo("in time");
            assertThat(answer.header("Connection")).isEqualTo("close");
            closing.join();
        }
    }

    @Test
    void everyRequestLeavesOneLineOfJson() throws IOException {
        try (var backend = RawBackend.answering(ForwardingTest::echo)) {
            fixture.toService(false, new Route.Availability.Serving(), InstanceState.RUNNING, backend.address())
                    .ask(ProxyFixture.get("/a\\\"b?c"));
            fixture.ask("GET / HTTP/1.1\r\n\r\n");
        }
        await().until(fixture::logged, log -> log.lines().count() == 2);
        assertThat(fixture.logged().lines().filter(line -> line.contains("GET")).findFirst().orElseThrow())
                .matches("\\{\"time\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\","
                + "\"client\":\"127.0.0.1\",\"method\":\"GET\",\"host\":\"a.example\","
                + "\"target\":\"/a\\\\\\\\\\\\\"b\\?c\",\"status\":200,\"bytes\":20,"
                + "\"ms\":\\d+\\.\\d{3},\"service\":\"wiki/web\",\"instance\":1,\"backend\":\"127.0.0.1:\\d+\"}");
        assertThat(fixture.logged()).contains("\"method\":\"\",\"host\":\"\",\"target\":\"\",\"status\":400,");
        assertThat(fixture.proxy.droppedLines()).isZero();
    }

    @Test
    void theRoomHoldsNoNettyCodecOfHttp1() throws IOException {
        try (var sources = Files.walk(Path.of("src/main/java/reeve/serve"))) {
            assertThat(sources.filter(Files::isRegularFile).map(file -> {
                try {
                    return Files.readString(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            })).noneMatch(text -> text.contains("io.netty.handler.codec.http."));
        }
    }

    @Test
    void anAnswerCutShortDoesNotLookComplete() throws IOException {
        try (var backend = RawBackend.serving((c, _) -> {
            c.readMessage();
            c.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        }); var client = fixture.to(backend.address()).connect()) {
            client.send(ProxyFixture.get("/"));
            assertThatThrownBy(client::readMessage).isInstanceOf(EOFException.class);
        }
    }
}
