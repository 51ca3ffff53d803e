package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reeve.model.AddressRange;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;
import reeve.testing.VirtualTime;

/// Clients that take their time, and clients that take all places.
@Tag("it")
@Timeout(60)
class SlowClientsTest {
    private final VirtualTime time = new VirtualTime();
    private ProxyFixture fixture = new ProxyFixture(time, settings -> settings);

    @AfterEach
    void close() {
        fixture.close();
    }

    /// A backend that says how much of a body has come, and answers when it is whole.
    private static RawBackend counting(AtomicInteger received, int length) throws IOException {
        return RawBackend.serving((connection, _) -> {
            connection.readHead();
            for (int i = 0; i < length; i++) {
                connection.read(1);
                received.incrementAndGet();
            }
            connection.send(RawBackend.ok("whole"));
            connection.readToEnd();
        });
    }

    private void post(RawConnection client, AtomicInteger received, int length, int part, Duration pause) throws IOException {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n");
        for (int sent = part; sent <= length; sent += part) {
            int so = sent;
            client.send("x".repeat(part));
            await().until(() -> received.get() == so || fixture.inFlight() == 0);
            time.advance(pause);
            await().pollDelay(Duration.ofMillis(210)).until(() -> true); // each pause is seen by a tick
        }
    }

    @Test
    void aSlowBodyMayTakeAsLongAsItLikesWhileItsRateIsKept() throws IOException {
        var received = new AtomicInteger();
        try (var backend = counting(received, 100_000); var client = fixture.to(backend.address()).connect()) {
            post(client, received, 100_000, 25_000, Duration.ofSeconds(45));
            assertThat(client.readMessage().body()).as("after 180 s").isEqualTo("whole");
        }
    }

    @Test
    void aBodyThatDripsIs408() throws IOException {
        var received = new AtomicInteger();
        try (var backend = counting(received, 50_000); var client = fixture.to(backend.address()).connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n");
            for (int i = 1; i <= 9; i++) {
                int so = i;
                client.send("x");
                await().until(() -> received.get() == so || fixture.inFlight() == 0);
                time.advance(Duration.ofSeconds(9));
            }
            RawConnection.Message answer = client.readMessage();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.body()).isEqualTo("cannot read the request: its body arrives too slowly\n");
        }
        await().until(() -> fixture.inFlight() == 0);
    }

    @Test
    void whoTakesTheirAnswerDripByDripIsClosed() throws IOException {
        var sent = new AtomicLong();
        try (var backend = RawBackend.serving((connection, _) -> {
            connection.readMessage();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
            for (int i = 0; i < 1000; i++) {
                connection.send("x".repeat(100_000));
                sent.addAndGet(100_000);
            }
        }); var client = RawConnection.slowTo(fixture.to(backend.address()).address).send(ProxyFixture.get("/"))) {
            client.readHead();
            var before = new AtomicLong(-1);
            await().pollInterval(Duration.ofMillis(300)).until(() -> before.getAndSet(sent.get()) == sent.get()); // all buffers are full
            for (int i = 0; i < 14 && fixture.proxy.connections() > 0; i++) {
                client.read(1);
                time.advance(Duration.ofSeconds(9));
                await().pollDelay(Duration.ofMillis(210)).until(() -> true);
            }
            await().until(() -> fixture.proxy.connections() == 0);
            assertThat(fixture.inFlight()).isZero();
        }
    }

    @Test
    void manyWhoNeverEndTheirHeadsKeepNobodyElseOut() throws IOException {
        var slow = new ArrayList<RawConnection>();
        try (var backend = RawBackend.answering(_ -> RawBackend.ok("served"))) {
            fixture.to(backend.address());
            for (int i = 0; i < 200; i++) {
                slow.add(fixture.connect().send("GET / HTTP/1.1\r\nHost: a\r\nX-" + i));
            }
            assertThat(fixture.ask(ProxyFixture.get("/")).body()).isEqualTo("served");
            await().until(() -> fixture.proxy.connections() >= 200);
            await().pollDelay(Duration.ofMillis(210)).until(() -> true);
            for (RawConnection each : slow) {
                each.send("y"); // a byte now and then does not help
            }
            time.advance(Duration.ofSeconds(11));
            for (RawConnection each : slow) {
                assertThat(each.readMessage().status()).isEqualTo(408);
                each.close();
            }
        }
    }

    @Test
    void oneClientDoesNotTakeAllConnectionsButATrustedProxyMay() throws IOException {
        fixture.close();
        fixture = new ProxyFixture(time, settings -> settings.with(new ProxySettings.Connections(100, 2)));
        try (var first = fixture.connect(); var second = fixture.connect()) {
            assertThat(first.send(ProxyFixture.get("/")).readMessage().status()).isEqualTo(404);
            assertThat(second.send(ProxyFixture.get("/")).readMessage().status()).isEqualTo(404);
            RawConnection.Message third = fixture.ask("");
            assertThat(third.status()).isEqualTo(429);
            assertThat(third.header("Connection")).isEqualTo("close");
        }
        await().until(() -> fixture.ask(ProxyFixture.get("/")).status() == 404);

        fixture.close();
        var edge = new ProxySettings.Edge(List.of(AddressRange.parse("127.0.0.1")), false, false);
        fixture = new ProxyFixture(time, settings -> settings.withEdge(edge).with(new ProxySettings.Connections(100, 1)));
        try (var first = fixture.connect()) {
            assertThat(first.send(ProxyFixture.get("/")).readMessage().status()).isEqualTo(404);
            assertThat(fixture.ask(ProxyFixture.get("/")).status()).isEqualTo(404);
        }
    }
}
