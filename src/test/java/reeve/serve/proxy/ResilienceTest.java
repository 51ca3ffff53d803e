package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reeve.model.Address;
import reeve.model.Balance;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;

/// What becomes of requests when one of several real backends fails, is full, or is slow.
@Tag("it")
@Timeout(30)
class ResilienceTest {
    private static final Balance ROUND_ROBIN = new Balance(new Balance.Choice.RoundRobin(), "");
    private static final Balance.Ejection NEVER = new Balance.Ejection(0, false, Duration.ofSeconds(1));
    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";

    private final ProxyFixture fixture = new ProxyFixture();
    private final List<RawBackend> backends = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        fixture.close();
        for (RawBackend backend : backends) {
            backend.close();
        }
    }

    private RawBackend add(RawBackend backend) {
        backends.add(backend);
        return backend;
    }

    private RawBackend well(String name) throws IOException {
        return add(RawBackend.answering(_ -> RawBackend.ok(name)));
    }

    /// Nobody listens there.
    private Address refusing() throws IOException {
        try (var closed = RawBackend.answering(_ -> "")) {
            return closed.address();
        }
    }

    /// Reads a request and closes.
    private RawBackend dropping() throws IOException {
        return add(RawBackend.serving((connection, _) -> connection.readMessage()));
    }

    @Test
    void aRequestThatIsRefusedGoesToAnotherInstanceWhateverItsMethod() throws IOException {
        fixture.balanced(ROUND_ROBIN, refusing(), well("well").address());
        for (int i = 0; i < 5; i++) {
            assertThat(fixture.ask(POST).body()).isEqualTo("well");
            assertThat(fixture.ask(ProxyFixture.get("/")).body()).isEqualTo("well");
        }
        assertThat(backends.getFirst().requests()).hasSize(10);
        assertThat(backends.getFirst().requests().getFirst().body()).as("the body is whole").isEqualTo("hi");
        assertThat(fixture.inFlight()).isZero();
    }

    @Test
    void aRequestThatAnInstanceDroppedIsRepeatedOnlyWhereThatDoesNoHarm() throws IOException {
        fixture.balanced(ROUND_ROBIN.with(NEVER), dropping().address(), well("well").address());
        var posts = new ArrayList<Integer>();
        for (int i = 0; i < 3; i++) {
            assertThat(fixture.ask(ProxyFixture.get("/")).body()).isEqualTo("well");
            fixture.ask(ProxyFixture.get("/"));
            posts.add(fixture.ask(POST).status());
            posts.add(fixture.ask(POST).status());
        }
        assertThat(posts).containsOnly(200, 502).satisfies(all -> assertThat(all.stream().filter(status -> status == 502)).hasSize(3));
        assertThat(backends.getLast().requests().stream().filter(request -> request.head().startsWith("POST"))).hasSize(3);
    }

    @Test
    void anInstanceThatFailsAgainAndAgainIsLeftAloneForAWhile() throws IOException {
        RawBackend failing = dropping();
        fixture.balanced(ROUND_ROBIN.with(new Balance.Ejection(3, false, Duration.ofMillis(500))), failing.address(),
                well("well").address());
        for (int i = 0; i < 40; i++) {
            fixture.ask(ProxyFixture.get("/"));
        }
        int before = failing.connections();
        assertThat(before).isBetween(3, 8);
        await().until(() -> fixture.ask(ProxyFixture.get("/")).status() == 200 && failing.connections() > before);
    }

    @Test
    void answersOf500EjectWhereThatIsAskedAndAreNeverRepeated() throws IOException {
        RawBackend broken = add(RawBackend.answering(_ -> "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n"));
        fixture.balanced(ROUND_ROBIN.with(new Balance.Ejection(3, true, Duration.ofSeconds(60))), broken.address(),
                well("well").address());
        var statuses = new ArrayList<Integer>();
        for (int i = 0; i < 20; i++) {
            statuses.add(fixture.ask(ProxyFixture.get("/")).status());
        }
        assertThat(statuses.stream().filter(status -> status == 500)).hasSize(3);
        assertThat(statuses.subList(10, 20)).containsOnly(200);
    }

    @Test
    void retriesDoNotMultiplyAnOutage() throws IOException {
        fixture.balanced(ROUND_ROBIN.with(NEVER), dropping().address(), dropping().address());
        for (int i = 0; i < 50; i++) {
            assertThat(fixture.ask(ProxyFixture.get("/")).status()).isEqualTo(502);
        }
        int attempts = backends.stream().mapToInt(RawBackend::connections).sum();
        assertThat(attempts).as("50, a fifth more, and a few on each of two loops").isBetween(53, 50 + 10 + 2 * 3);
    }

    @Test
    void noRetryIsMadeWhereNoneIsWanted() throws IOException {
        fixture.balanced(ROUND_ROBIN.withRetries(0).with(NEVER), refusing(), well("well").address());
        var statuses = new ArrayList<Integer>();
        for (int i = 0; i < 4; i++) {
            statuses.add(fixture.ask(ProxyFixture.get("/")).status());
        }
        assertThat(statuses).containsOnly(200, 502);
    }

    private RawBackend slow(Semaphore answers) throws IOException {
        return add(RawBackend.serving((connection, _) -> {
            while (true) {
                connection.readMessage();
                answers.acquire();
                connection.send(RawBackend.ok("slow"));
            }
        }));
    }

    private RawConnection open(int expected) throws IOException {
        RawConnection client = fixture.connect().send(ProxyFixture.get("/"));
        await().until(() -> fixture.inFlight() == expected);
        return client;
    }

    @Test
    void aRequestWaitsWhileAllInstancesAreFullAndOneTooManyIsRefused() throws IOException {
        var answers = new Semaphore(0);
        fixture.balanced(Balance.DEFAULT.with(new Balance.Capacity(1, 1, Duration.ofSeconds(20))), slow(answers).address(),
                slow(answers).address());
        try (var one = open(1); var two = open(2); var waiting = fixture.connect()) {
            waiting.send(ProxyFixture.get("/"));
            await().until(() -> fixture.proxy.connections() == 3);
            RawConnection.Message refused = fixture.ask(ProxyFixture.get("/"));
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            assertThat(refused.body()).contains("every instance of wiki/web works on as many as it may");
            assertThat(fixture.inFlight()).isEqualTo(2);
            answers.release(1);
            await().until(() -> fixture.logged().contains("\"status\":200"));
            answers.release(2);
            assertThat(one.readMessage().status()).isEqualTo(200);
            assertThat(two.readMessage().status()).isEqualTo(200);
            assertThat(waiting.readMessage().status()).isEqualTo(200);
            await().until(() -> fixture.inFlight() == 0);
        }
    }

    @Test
    void whoWaitsForRoomTooLongIsRefused() throws IOException {
        var answers = new Semaphore(0);
        fixture.balanced(Balance.DEFAULT.with(new Balance.Capacity(1, 5, Duration.ofMillis(300))), slow(answers).address());
        try (var one = open(1)) {
            RawConnection.Message refused = fixture.ask(ProxyFixture.get("/"));
            assertThat(refused.status()).isEqualTo(503);
            answers.release(2);
            assertThat(one.readMessage().status()).isEqualTo(200);
            assertThat(fixture.ask(ProxyFixture.get("/")).status()).isEqualTo(200);
        }
    }

    @Test
    void whoLeavesTheQueueLetsTheNextOneIn() throws IOException {
        var answers = new Semaphore(0);
        fixture.balanced(Balance.DEFAULT.with(new Balance.Capacity(1, 1, Duration.ofSeconds(20))), slow(answers).address());
        try (var one = open(1)) {
            try (var leaving = fixture.connect()) {
                leaving.send(ProxyFixture.get("/leaving"));
                await().until(() -> fixture.proxy.connections() == 2);
            }
            await().until(() -> fixture.logged().contains("\"status\":499"));
            try (var next = fixture.connect()) {
                next.send(ProxyFixture.get("/next"));
                answers.release(2);
                assertThat(one.readMessage().status()).isEqualTo(200);
                assertThat(next.readMessage().status()).isEqualTo(200);
            }
        }
    }

    private static Balance.Timeouts timeouts(int firstByte, int idle, int total) {
        return new Balance.Timeouts(Optional.empty(), millis(firstByte), millis(idle), millis(total));
    }

    private static Optional<Duration> millis(int millis) {
        return millis == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
    }

    @Test
    void aRouteMayHaveLessPatienceThanTheNode() throws IOException {
        RawBackend silent = add(RawBackend.serving((connection, _) -> {
            connection.readMessage();
            connection.readMessage();
        }));
        fixture.balanced(Balance.DEFAULT.with(timeouts(300, 0, 0)), silent.address());
        RawConnection.Message late = fixture.ask(ProxyFixture.get("/"));
        assertThat(late.status()).isEqualTo(504);
        fixture.balanced(Balance.DEFAULT.with(timeouts(0, 0, 300)), silent.address());
        assertThat(fixture.ask(ProxyFixture.get("/")).status()).isEqualTo(504);
    }

    @Test
    void anAnswerThatStopsOrNeverEndsIsCut() throws IOException {
        RawBackend stops = add(RawBackend.serving((connection, _) -> {
            connection.readMessage();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
            connection.readMessage();
        }));
        fixture.balanced(Balance.DEFAULT.with(timeouts(0, 300, 0)), stops.address());
        try (RawConnection client = fixture.connect().send(ProxyFixture.get("/"))) {
            assertThat(client.readHead()).contains("200 OK");
            assertThat(client.readToEnd()).isEqualTo("abc");
        }
        RawBackend endless = add(RawBackend.serving((connection, _) -> {
            connection.readMessage();
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            var pause = new Semaphore(0);
            while (!pause.tryAcquire(50, TimeUnit.MILLISECONDS)) {
                connection.send("1\r\nx\r\n");
            }
        }));
        fixture.balanced(Balance.DEFAULT.with(timeouts(0, 300, 600)), endless.address());
        try (RawConnection client = fixture.connect().send(ProxyFixture.get("/"))) {
            assertThat(client.readHead()).contains("200 OK");
            assertThat(client.readToEnd()).startsWith("1\r\nx\r\n").doesNotContain("0\r\n\r\n");
        }
        await().until(() -> fixture.inFlight() == 0);
    }
}
