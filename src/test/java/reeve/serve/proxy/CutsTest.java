package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.PoolArenaMetric;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reeve.base.Jitter;
import reeve.base.SystemTime;
import reeve.base.Time;
import reeve.model.Address;
import reeve.model.RouteSpec;
import reeve.serve.route.Route;
import reeve.serve.route.RouteSources;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;

/// Whatever is cut off, and wherever: every account is settled, every buffer goes back.
@Tag("it")
class CutsTest {
    private static final int CUTS = 500;
    private static final int AT_ONCE = 8;
    private static final List<String> REQUESTS = List.of(
            "GET /a HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\nhello, world",
            "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n7\r\n, world\r\n0\r\nT: t\r\n\r\n",
            "POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
            "GET /t HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nafter the head");
    private static final List<String> ANSWERS = List.of(
            RawBackend.ok("x".repeat(3000)),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\nuntil the end",
            "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + RawBackend.ok("late"),
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\ntunnel",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
            RawBackend.ok("") + "garbage that nobody asked for");

    @Test
    void wheneverClientsAndBackendsAreCutOffAllAccountsAreSettled() throws Exception {
        try (var backend = RawBackend.serving((c, number) -> misbehave(c, new Random(number)));
                var fixture = new ProxyFixture().toSleeper(backend.address());
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int first = 0; first < CUTS; first += AT_ONCE) {
                var all = new ArrayList<Future<?>>();
                for (int i = first; i < first + AT_ONCE; i++) {
                    int seed = i;
                    all.add(clients.submit(() -> cut(fixture.address, new Random(seed))));
                }
                for (var one : all) {
                    one.get();
                }
            }
            await().until(() -> fixture.inFlight() == 0);
            await().until(() -> fixture.traffic.activity(ProxyFixture.WEB).open() == 0);
            await().until(() -> fixture.proxy.connections() == 0);
            assertThat(fixture.traffic.activity(ProxyFixture.WEB).opened()).isGreaterThan(CUTS / 4);
            assertThat(fixture.traffic.hold(ProxyFixture.WEB)).isTrue();
            fixture.traffic.release(ProxyFixture.WEB);
            try (var sane = RawBackend.answering(request -> RawBackend.ok(request.head().split(" ")[1]))) {
                fixture.toSleeper(sane.address());
                for (int i = 0; i < 20; i++) {
                    assertThat(fixture.ask(ProxyFixture.get("/" + i)).body()).isEqualTo("/" + i);
                }
            }
        }
    }

    /// Sends a part of a request, takes a part of the answer, and goes: in order or not.
    private static void cut(Address proxy, Random random) {
        try (var client = RawConnection.to(proxy)) {
            String request = REQUESTS.get(random.nextInt(REQUESTS.size()));
            int sent = random.nextInt(3) == 0 ? random.nextInt(request.length()) : request.length();
            int split = random.nextInt(sent + 1);
            client.send(request.substring(0, split));
            client.send(request.substring(split, sent));
            if (sent == request.length() && random.nextBoolean()) {
                client.read(random.nextInt(40));
            }
            if (random.nextBoolean()) {
                client.reset();
            }
        } catch (IOException e) {
            // cut off by the other side: what this test is about
        }
    }

    /// Serves a few requests, one of them only in part.
    private static void misbehave(RawConnection connection, Random random) throws IOException {
        for (int left = random.nextInt(4); left > 0; left--) {
            connection.readHead();
            connection.send(ANSWERS.get(random.nextInt(2)));
        }
        connection.readHead();
        String answer = ANSWERS.get(random.nextInt(ANSWERS.size()));
        connection.send(answer.substring(0, random.nextInt(answer.length() + 1)));
        if (random.nextBoolean()) {
            connection.reset();
        }
    }

    @Test
    void halfAHeadOfABackendThatStallsIsNotKept() throws IOException {
        var timeouts = new ProxySettings.Timeouts(Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofSeconds(5),
                Duration.ofSeconds(5), ProxySettings.Pace.DEFAULT, Duration.ofSeconds(5));
        try (var backend = RawBackend.serving((c, _) -> {
            c.readHead();
            c.send("HTTP/1.1 200 OK\r\nContent-");
            c.ended();
        }); var fixture = new ProxyFixture(new SystemTime(), settings -> settings.withTimeouts(timeouts).withLoops(1))) {
            fixture.to(backend.address());
            stall(fixture);
            long before = buffersInUse();
            stall(fixture);
            stall(fixture);
            assertThat(buffersInUse() - before).isLessThan(50);
        }
    }

    private static void stall(ProxyFixture fixture) throws IOException {
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 100; i++) {
                clients.submit(() -> {
                    assertThat(fixture.ask(ProxyFixture.get("/")).status()).isEqualTo(504);
                    return 0;
                });
            }
        }
    }

    private static long buffersInUse() {
        return PooledByteBufAllocator.DEFAULT.metric().directArenas().stream().mapToLong(PoolArenaMetric::numActiveAllocations).sum();
    }

    @Test
    void aSocketThatCannotBeMadeIsDealtWithOnTheLoop() throws IOException {
        var sources = new RouteSources(List.of("apps"));
        sources.publish("apps", List.of(new Route(new RouteSpec("*", "/"), new Route.ToExternal(Address.loopback(1)))));
        Set<String> threads = ConcurrentHashMap.newKeySet();
        try (var system = new SystemTime()) {
            Time time = witness(system, threads);
            try (var proxy = new Proxy(ProxySettings.listeningOn(List.of(Address.loopback(0))), sources, new ProxyTraffic(time),
                    new ProxyFixture.FakeWakeGate(), time, Jitter.system(), Optional.empty(), () -> {
                        throw new ChannelException("Too many open files");
                    });
                    var client = RawConnection.to(proxy.start().getFirst())) {
                threads.clear();
                assertThat(client.send(ProxyFixture.get("/")).readMessage().status()).isEqualTo(502);
                assertThat(threads).isNotEmpty().allMatch(name -> name.startsWith("proxy-"));
            }
        }
    }

    private static Time witness(Time time, Set<String> threads) {
        return new Time() {
            @Override
            public Instant wall() {
                threads.add(Thread.currentThread().getName());
                return time.wall();
            }

            @Override
            public long nanos() {
                threads.add(Thread.currentThread().getName());
                return time.nanos();
            }

            @Override
            public Runnable after(Duration delay, Runnable task) {
                return time.after(delay, task);
            }
        };
    }
}
