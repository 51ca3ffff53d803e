package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reeve.base.Elapsed;
import reeve.base.SystemTime;
import reeve.testing.ReeveProcess;

/// Under attack a node's memory stays bounded, and another client is served all the while. `./dev soak attacks` attacks for longer.
@Tag("it")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttacksTest {
    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("reeve.attack.seconds", 4));
    private static final int ATTACKERS = Integer.getInteger("reeve.attack.connections", 200);
    private static final int HEAP = 160; // MB, and as much again outside it
    private static final long MOST_RESIDENT = 2 * HEAP + 200; // MB: the JVM itself, its code and threads
    private static final byte[] PART = new byte[16 * 1024];
    private static final String GET = "GET / HTTP/1.1\r\nHost: attacked.localhost\r\n";
    private static final byte[] PREFACE = ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");

    private final SystemTime time = new SystemTime();
    private HttpServer backend;
    private ReeveProcess reeve;
    private int port;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
        backend.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        backend.createContext("/", exchange -> {
            boolean large = exchange.getRequestURI().getPath().equals("/large");
            try (exchange) {
                exchange.sendResponseHeaders(200, large ? 1000L * PART.length : 4);
                for (int part = 0; large && part < 1000; part++) { // a large array would be copied whole, for each of them
                    exchange.getResponseBody().write(PART);
                }
                if (!large) {
                    exchange.getResponseBody().write(ascii("well"));
                }
            }
        });
        backend.start();
        Path manifest = folder.resolve("reeve.yaml");
        Files.writeString(manifest, """
                name: attacked
                routes:
                  - { host: attacked.localhost, to: "http://127.0.0.1:%d" }
                """.formatted(backend.getAddress().getPort()));
        reeve = new ReeveProcess(folder, List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx" + HEAP + "m",
                "-XX:+ExitOnOutOfMemoryError")).up("-f", manifest.toString());
        port = reeve.request("attacked.localhost", "/").uri().getPort();
    }

    @AfterAll
    void end() {
        reeve.close();
        backend.stop(0);
        time.close();
    }

    /// What one connection of an attacker does, again and again until it is cut off.
    enum Attack {
        /// A head that never ends, a byte at a time.
        SLOW_HEAD(5) {
            @Override
            void go(OutputStream out, CountDownLatch over) throws IOException, InterruptedException {
                out.write(ascii(GET + "X-Slow: "));
                while (!over.await(200, TimeUnit.MILLISECONDS)) {
                    out.write('a');
                }
            }
        },
        /// A body that hardly comes.
        SLOW_BODY(5) {
            @Override
            void go(OutputStream out, CountDownLatch over) throws IOException, InterruptedException {
                out.write(ascii(GET.replace("GET", "POST") + "Content-Length: 1000000000\r\n\r\n"));
                while (!over.await(200, TimeUnit.MILLISECONDS)) {
                    out.write('a');
                }
            }
        },
        /// An answer that is asked for and not taken.
        SLOW_READER(5) {
            @Override
            void go(OutputStream out, CountDownLatch over) throws IOException, InterruptedException {
                out.write(ascii(GET.replace("GET /", "GET /large") + "\r\n"));
                over.await();
            }
        },
        /// Header lines without end, as fast as they go.
        HEADER_BOMB(1) {
            @Override
            void go(OutputStream out, CountDownLatch over) throws IOException {
                out.write(ascii(GET));
                while (over.getCount() > 0) {
                    out.write(ascii("X-Bomb: " + "b".repeat(8000) + "\r\n"));
                }
            }
        },
        /// Requests without end whose answers are not read.
        PIPELINE(1) {
            @Override
            void go(OutputStream out, CountDownLatch over) throws IOException {
                while (over.getCount() > 0) {
                    out.write(ascii((GET + "\r\n").repeat(100)));
                }
            }
        },
        /// Requests that are taken back at once (CVE-2023-44487).
        RAPID_RESET(1) {
            @Override
            void go(OutputStream out, CountDownLatch over) throws IOException {
                out.write(PREFACE);
                for (int stream = 1; over.getCount() > 0; stream += 2) {
                    out.write(frame(1, 5, stream, request()));
                    out.write(frame(3, 0, stream, new byte[] {0, 0, 0, 8}));
                }
            }
        },
        /// Headers that go on in frame after frame, some of them empty (CVE-2026-33871).
        CONTINUATION_FLOOD(1) {
            @Override
            void go(OutputStream out, CountDownLatch over) throws IOException {
                out.write(PREFACE);
                out.write(frame(1, 1, 1, request()));
                while (over.getCount() > 0) {
                    out.write(frame(9, 0, 1, new byte[0]));
                    out.write(frame(9, 0, 1, literal("x-bomb", "b".repeat(100))));
                }
            }
        },
        /// Frames that have to be answered, and whose answers are not read.
        PING_FLOOD(1) {
            @Override
            void go(OutputStream out, CountDownLatch over) throws IOException {
                out.write(PREFACE);
                while (over.getCount() > 0) {
                    out.write(frame(6, 0, 0, new byte[8]));
                    out.write(frame(4, 0, 0, new byte[0]));
                }
            }
        },
        /// Streams that are asked for and never read, each up to its window.
        WINDOW_STALL(5) {
            @Override
            void go(OutputStream out, CountDownLatch over) throws IOException, InterruptedException {
                out.write(PREFACE);
                for (int stream = 1; stream < 200; stream += 2) {
                    out.write(frame(1, 5, stream, request()));
                }
                over.await();
            }
        };

        private final int share;

        /// @param share the fewer connections it takes to hurt
        Attack(int share) {
            this.share = share;
        }

        abstract void go(OutputStream out, CountDownLatch over) throws IOException, InterruptedException;
    }

    /// Not withstood yet at full speed by 40 connections on two cores that the attackers share: resets and pings without end. Another
    /// client waits for more than 10 s then; memory stays bounded, and `Http2FloodTest` shows that one such connection is cut off.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"RAPID_RESET", "PING_FLOOD"})
    void memoryIsBoundedAndOthersAreServedDuringA(Attack attack) throws Exception {
        var over = new CountDownLatch(1);
        var connections = new AtomicInteger();
        int attackers = Math.max(10, ATTACKERS * attack.share / 5);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < attackers; i++) {
                threads.submit(() -> attackAgainAndAgain(attack, over, connections));
            }
            try {
                serve(attack, attackers, connections);
            } finally {
                over.countDown(); // the attackers are waited for
            }
        }
        await("nothing is left of it").atMost(Duration.ofSeconds(30)).untilAsserted(() ->
                assertThat(reeve.counted("reeve_proxy_open_requests", "", "")).isZero());
    }

    private void serve(Attack attack, int attackers, AtomicInteger connections) throws IOException, InterruptedException {
        Duration slowest = Duration.ZERO;
        long highest = 0;
        int served = 0;
        Elapsed begun = time.elapsed();
        while (time.elapsed().since(begun).compareTo(LENGTH) < 0 || connections.get() < attackers) {
            assertThat(time.elapsed().since(begun)).as("all attackers have come").isLessThan(LENGTH.plusSeconds(30));
            Duration one = bystander();
            slowest = one.compareTo(slowest) > 0 ? one : slowest;
            served++;
            highest = Math.max(highest, resident());
        }
        assertThat(highest).as("resident memory in MB").isLessThan(MOST_RESIDENT);
        System.out.printf("soak: %s: %d connections of %d attackers, %d requests beside them served, slowest %d ms; resident %d MB%n",
                attack, connections.get(), attackers, served, slowest.toMillis(), highest);
    }

    /// One ordinary request over a connection of its own.
    private Duration bystander() throws IOException, InterruptedException {
        Elapsed begun = time.elapsed();
        HttpRequest request = HttpRequest.newBuilder(reeve.request("attacked.localhost", "/").uri()).timeout(Duration.ofSeconds(10))
                .header("Host", "attacked.localhost").build();
        HttpResponse<String> answer = reeve.http().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("well");
        return time.elapsed().since(begun);
    }

    private void attackAgainAndAgain(Attack attack, CountDownLatch over, AtomicInteger connections) {
        try {
            do {
                attackOnce(attack, over, connections);
            } while (!over.await(100, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void attackOnce(Attack attack, CountDownLatch over, AtomicInteger connections) throws InterruptedException {
        try (var socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
            connections.incrementAndGet();
            Thread closer = Thread.ofVirtual().start(() -> closeWhenOver(socket, over)); // a write may wait for ever
            try {
                attack.go(socket.getOutputStream(), over);
            } finally {
                closer.interrupt();
            }
        } catch (IOException e) {
            // cut off: it comes again
        }
    }

    private static void closeWhenOver(Socket socket, CountDownLatch over) {
        try {
            over.await();
            socket.close();
        } catch (InterruptedException | IOException e) {
            // it is closed already
        }
    }

    private long resident() {
        try {
            return Files.readAllLines(Path.of("/proc", String.valueOf(reeve.client().node().pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:")).mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                    .findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// A frame of HTTP/2 (RFC 9113 §4.1).
    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        var frame = new ByteArrayOutputStream();
        frame.writeBytes(new byte[] {(byte) (payload.length >> 16), (byte) (payload.length >> 8), (byte) payload.length, (byte) type,
                (byte) flags, (byte) (stream >> 24), (byte) (stream >> 16), (byte) (stream >> 8), (byte) stream});
        frame.writeBytes(payload);
        return frame.toByteArray();
    }

    /// `GET /` over http, compressed by nothing but the static table (RFC 7541 Appendix A).
    private static byte[] request() {
        var block = new ByteArrayOutputStream();
        block.writeBytes(new byte[] {(byte) 0x82, (byte) 0x86, (byte) 0x84, 0x01});
        text(block, "attacked.localhost");
        return block.toByteArray();
    }

    private static byte[] literal(String name, String value) {
        var block = new ByteArrayOutputStream();
        block.write(0);
        text(block, name);
        text(block, value);
        return block.toByteArray();
    }

    private static void text(ByteArrayOutputStream block, String text) {
        block.write(text.length());
        block.writeBytes(ascii(text));
    }
}
