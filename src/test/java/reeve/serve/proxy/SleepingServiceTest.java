package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reeve.model.Address;
import reeve.model.InstanceState;
import reeve.serve.route.Route;
import reeve.sleep.WakeGate;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;

@Tag("it")
@Timeout(60)
class SleepingServiceTest {
    private final ProxyFixture fixture = new ProxyFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private void wake() {
        fixture.traffic.release(ProxyFixture.WEB);
        fixture.wakeGate.finish(new WakeGate.Outcome.Awake());
    }

    @Test
    @DisplayName("RL: 5,000 held requests are answered by one wake")
    void fiveThousandHeldRequestsAreAnsweredByOneWake() throws Exception {
        int count = 5000;
        try (var backend = RawBackend.answering(request -> RawBackend.ok(request.head().substring(4, 11) + request.body()))) {
            fixture.toSleeper(backend.address());
            assertThat(fixture.traffic.hold(ProxyFixture.WEB)).isTrue();
            var clients = new ArrayList<RawConnection>();
            for (int i = 0; i < count; i++) {
                String body = "b" + i;
                clients.add(fixture.connect()
                        .send("POST /" + (10000 + i) + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body));
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> fixture.wakeGate.waiting.size() == count);
            assertThat(backend.connections()).as("nothing reached the sleeping service").isZero();
            wake();
            for (int i = 0; i < count; i++) {
                assertThat(clients.get(i).readMessage().body()).isEqualTo(" /" + (10000 + i) + "b" + i);
                clients.get(i).close();
            }
            assertThat(fixture.traffic.activity(ProxyFixture.WEB)).satisfies(activity -> {
                assertThat(activity.opened()).isEqualTo(count);
                assertThat(activity.open()).isZero();
            });
        }
    }

    @Test
    void aProxyThatHasClosedKeepsNoServiceFromFallingAsleep() {
        fixture.proxy.close();
        assertThat(fixture.traffic.hold(ProxyFixture.WEB)).isTrue();
        fixture.traffic.holdAlways(ProxyFixture.WEB);
    }

    static Stream<Arguments> outcomes() {
        return Stream.of(Arguments.of(new WakeGate.Outcome.Failed("it exited with 3", Duration.ofSeconds(7)), 503, "7",
                "cannot wake wiki/web: it exited with 3"),
                Arguments.of(new WakeGate.Outcome.TimedOut(Duration.ofSeconds(30)), 504, "", "did not wake within 30 s"),
                Arguments.of(new WakeGate.Outcome.Refused(Duration.ofMillis(1500)), 503, "1", "too many wait"));
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void aWakeThatDoesNotSucceedIsSaid(WakeGate.Outcome outcome, int status, String retryAfter, String text) throws IOException {
        fixture.toService(true, new Route.Availability.Asleep(), InstanceState.ASLEEP);
        try (var client = fixture.connect()) {
            client.send(ProxyFixture.get("/"));
            await().until(() -> fixture.wakeGate.waiting.size() == 1);
            fixture.wakeGate.finish(outcome);
            RawConnection.Message answer = client.readMessage();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.header("Retry-After")).isEqualTo(retryAfter);
            assertThat(answer.body()).contains(text);
            await().until(fixture::logged, log -> log.contains("\"target\":\"/\",\"status\":" + status) && log.contains("held_ms"));
        }
    }

    @Test
    void theTableIsReadAgainAfterTheWake() throws IOException {
        try (var backend = RawBackend.answering(_ -> RawBackend.ok("new port"))) {
            fixture.toService(true, new Route.Availability.Asleep(), InstanceState.ASLEEP);
            try (var client = fixture.connect()) {
                client.send(ProxyFixture.get("/"));
                await().until(() -> fixture.wakeGate.waiting.size() == 1);
                fixture.toSleeper(backend.address());
                wake();
                assertThat(client.readMessage().body()).isEqualTo("new port");
            }
        }
    }

    @Test
    void aClientThatLeavesIsGoneAndItsServiceCountsNothing() throws IOException {
        fixture.toService(true, new Route.Availability.Asleep(), InstanceState.ASLEEP);
        try (var client = fixture.connect()) {
            client.send("POST /left HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\npart");
            await().until(() -> fixture.wakeGate.waiting.size() == 1);
            fixture.ask("G /refused HTTP/1.1\r\n\r\n");
            assertThat(fixture.wakeGate.waiting.getFirst().waiter().gone()).isFalse();
        }
        await().until(() -> fixture.wakeGate.waiting.getFirst().waiter().gone());
        await().until(fixture::logged, log -> log.contains("\"method\":\"POST\",\"host\":\"a\",\"target\":\"/left\",\"status\":499"));
        wake();
        assertThat(fixture.traffic.activity(ProxyFixture.WEB).opened()).isZero();
    }

    @Test
    void aServiceThatFallsAsleepAtOnceEachTimeIsGivenUp() throws IOException {
        fixture.toService(true, new Route.Availability.Asleep(), InstanceState.ASLEEP);
        try (var client = fixture.connect()) {
            client.send(ProxyFixture.get("/"));
            for (int i = 0; i < 8; i++) {
                await().until(() -> fixture.wakeGate.waiting.size() == 1);
                wake();
            }
            assertThat(client.readMessage().status()).isEqualTo(503);
        }
    }

    @Test
    void aBodyThatComesWhileHeldIsForwardedAfterTheWake() throws IOException {
        try (var backend = RawBackend.answering(request -> RawBackend.ok(request.body()))) {
            fixture.toSleeper(backend.address());
            fixture.traffic.hold(ProxyFixture.WEB);
            try (var client = fixture.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\nfirst");
                await().until(() -> fixture.wakeGate.waiting.size() == 1);
                client.send("later");
                wake();
                assertThat(client.readMessage().body()).isEqualTo("firstlater");
            }
        }
    }

    @Test
    void anOpenStreamCannotBePutToSleep() throws IOException {
        var end = new CountDownLatch(1);
        try (var backend = RawBackend.serving((c, _) -> {
            c.readMessage();
            c.send("HTTP/1.1 200 OK\r\n\r\nstream");
            end.await();
        })) {
            fixture.toSleeper(backend.address());
            try (var client = fixture.connect()) {
                client.send(ProxyFixture.get("/"));
                client.readHead();
                assertThat(fixture.traffic.hold(ProxyFixture.WEB)).isFalse();
                assertThat(fixture.traffic.activity(ProxyFixture.WEB).idleFor()).isZero();
                end.countDown();
                client.readToEnd();
                await().until(() -> fixture.traffic.hold(ProxyFixture.WEB));
            }
        }
    }

    @Test
    void pooledConnectionsOfAHeldServiceAreClosed() throws IOException, InterruptedException {
        var closed = new CountDownLatch(1);
        try (var backend = RawBackend.serving((c, _) -> {
            c.readMessage();
            c.send(RawBackend.ok("x"));
            if (c.ended()) {
                closed.countDown();
            }
        })) {
            assertThat(fixture.toSleeper(backend.address()).ask(ProxyFixture.get("/")).status()).isEqualTo(200);
            await().until(() -> fixture.traffic.hold(ProxyFixture.WEB));
            closed.await();
        }
    }

    @Test
    void servicesThatCannotServeSaySo() throws IOException {
        fixture.toService(true, new Route.Availability.Down(InstanceState.STOPPED, "by alice"), InstanceState.STOPPED);
        assertThat(fixture.ask(ProxyFixture.get("/"))).satisfies(answer -> {
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo("cannot reach wiki/web: it is stopped: by alice\n");
        });
        assertThat(fixture.wakeGate.waiting).as("never woken").isEmpty();
        fixture.toService(true, new Route.Availability.Maintenance("back at noon"), InstanceState.ASLEEP);
        assertThat(fixture.ask(ProxyFixture.get("/"))).satisfies(answer -> {
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo("60");
            assertThat(answer.body()).isEqualTo("back at noon\n");
        });
        assertThat(fixture.wakeGate.waiting).as("never woken").isEmpty();
        fixture.toService(false, new Route.Availability.Serving(), InstanceState.STARTING, Address.loopback(1));
        assertThat(fixture.ask(ProxyFixture.get("/"))).satisfies(answer -> {
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo("1");
        });
    }
}
