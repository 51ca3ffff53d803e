package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.SystemTime;
import reeve.base.Waiting;
import reeve.model.Address;
import reeve.model.Failure;
import reeve.model.wire.ApplyRequest;
import reeve.model.wire.JournalRow;
import reeve.testing.Load;
import reeve.testing.NeedsProgram;
import reeve.testing.RawConnection;
import reeve.testing.ReeveProcess;
import reeve.testing.StreamingServer;

/// Reeve is upgraded again and again under load that repeats no request. `./dev soak restarts` does it 20 times.
@Tag("it")
@NeedsProgram("perl")
class UpgradesTest {
    private static final int UPGRADES = Integer.getInteger("reeve.upgrades", 3);
    private static final int REQUESTS = Integer.getInteger("reeve.upgrades.requests", 2_000);
    private static final int KILLS = Integer.getInteger("reeve.upgrades.kills", 6);
    private static final long SEED = Long.getLong("reeve.upgrades.seed", 5);
    private static final Duration PAUSE = Duration.ofMillis(Integer.getInteger("reeve.upgrades.pause", 5));

    private final SystemTime time = new SystemTime();

    @TempDir
    Path folder;

    @AfterEach
    void end() {
        time.close();
    }

    @Test
    @DisplayName("no request fails while one Reeve takes over from another")
    void noRequestFailsWhileOneReeveTakesOverFromAnother() throws IOException {
        try (var reeve = new ReeveProcess(folder)) {
            reeve.up();
            apply(reeve);
            long service = reeve.awaitState("a/web/1", "running").pid();
            Address proxy = Address.parse(reeve.httpAddress());
            var pid = new AtomicLong(reeve.client().node().pid());
            try (var load = load(proxy)) {
                for (int i = 1; i <= UPGRADES; i++) {
                    String what = "upgrade " + i;
                    ReeveProcess.Ran ran = reeve.run("upgrade");
                    assertThat(ran.exitCode()).as(what + ran + reeve.output()).isZero();
                    long next = reeve.client().node().pid();
                    assertThat(next).as(what).isNotEqualTo(pid.getAndSet(next));
                    assertThat(reeve.httpAddress()).as(what).isEqualTo(proxy.toString());
                    assertThat(reeve.instance("a/web/1").pid()).as(what).isEqualTo(service);
                    long enough = (long) REQUESTS * i / UPGRADES;
                    await().atMost(ReeveProcess.PATIENCE.multipliedBy(4)).pollInterval(Duration.ofMillis(10))
                            .until(() -> load.answers() >= enough || !load.failures().isEmpty());
                    assertThat(load.failures()).as(what).isEmpty();
                }
                System.out.println("soak: " + UPGRADES + " upgrades; " + load.answers() + " requests, 0 failed");
            }
        }
    }

    @Test
    @DisplayName("a websocket and a download go on in the old Reeve, and keep their service awake")
    void aWebsocketAndADownloadGoOnInTheOldReeve() throws IOException {
        try (var reeve = new ReeveProcess(folder)) {
            reeve.up();
            reeve.apply("""
                    name: a
                    services:
                      stream:
                        command: ["${java.home}/bin/java", "-XX:+UseSerialGC", "-Xmx64m", "-cp", "%s", "%s", "${port}"]
                        route: { host: stream.localhost }
                        sleep: { after: 1s }
                    """.formatted(Path.of("target", "test-classes").toAbsolutePath(), StreamingServer.class.getName()));
            reeve.awaitState("a/stream/1", "running");
            String proxy = reeve.httpAddress();
            try (var stream = RawConnection.to(Address.parse(proxy)); var socket = RawConnection.to(Address.parse(proxy))) {
                stream.send("GET /stream/8 HTTP/1.1\r\nHost: stream.localhost\r\nConnection: close\r\n\r\n");
                assertThat(stream.readHead()).startsWith("HTTP/1.1 200");
                socket.send("GET /websocket HTTP/1.1\r\nHost: stream.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
                assertThat(socket.readHead()).startsWith("HTTP/1.1 101");
                assertThat(reeve.run("upgrade").exitCode()).as(reeve::output).isZero();
                assertThat(reeve.run("upgrade").exitCode()).as(reeve::output).isZero();
                assertThat(stream.readToEnd()).contains("second 8");
                Waiting.until(time, Duration.ofSeconds(16), Duration.ofSeconds(16), () -> false); // longer than it waits for proxies
                assertThat(reeve.instance("a/stream/1").state()).isEqualTo("running");
                socket.send(new byte[] {(byte) 0x81, (byte) 0x82, 0, 0, 0, 0, 'h', 'i'});
                assertThat(socket.read(4)).endsWith("hi");
                assertThat(reeve.client().journal(Optional.of("a/stream"), 1000)).extracting(JournalRow::what)
                        .doesNotContain("asleep", "falling_asleep");
            }
            reeve.awaitState("a/stream/1", "asleep");
            assertThat(reeve.get("stream.localhost", "/stream/1").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whereTheNewOneDoesNotComeUpTheOldOneGoesOn() throws IOException {
        Path configuration = Files.writeString(folder.resolve("node.yaml"), "name: n1\n");
        try (var reeve = new ReeveProcess(folder); var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            reeve.up("--config", configuration.toString());
            apply(reeve);
            long service = reeve.awaitState("a/web/1", "running").pid();
            long pid = reeve.client().node().pid();
            Address proxy = Address.parse(reeve.httpAddress());
            try (var load = load(proxy)) {
                Files.writeString(configuration, "name: [broken\n");
                ReeveProcess.Ran early = reeve.run("upgrade");
                assertThat(early.exitCode()).as(early + reeve.output()).isEqualTo(3);
                assertThat(early.err()).contains("cannot upgrade: the new Reeve");

                Files.writeString(configuration, "name: n1\nhttps: 127.0.0.1:" + taken.getLocalPort() + "\n");
                ReeveProcess.Ran late = reeve.run("upgrade"); // it has the sockets by then
                assertThat(late.exitCode()).as(late + reeve.output()).isEqualTo(3);
                assertThat(late.err()).contains("cannot listen on", "process " + pid + " goes on");

                assertThat(reeve.client().node().pid()).isEqualTo(pid);
                assertThat(reeve.awaitState("a/web/1", "running").pid()).isEqualTo(service);
                Files.writeString(configuration, "name: n1\n");
                assertThat(reeve.run("upgrade").exitCode()).as(reeve::output).isZero();
                assertThat(reeve.client().node().pid()).isNotEqualTo(pid);
                assertThat(reeve.awaitState("a/web/1", "running").pid()).isEqualTo(service);
                assertThat(load.failures()).isEmpty();
                assertThat(load.answers()).isPositive();
            }
        }
    }

    @Test
    @DisplayName("kill -9 of the old or the new one at any point of an upgrade loses nothing")
    void killsAtAnyPointLoseNothing() throws IOException {
        var random = new Random(SEED);
        try (var reeve = new ReeveProcess(folder)) {
            reeve.up();
            apply(reeve);
            long service = reeve.awaitState("a/web/1", "running").pid();
            for (int i = 1; i <= KILLS; i++) {
                boolean old = random.nextBoolean();
                Duration after = Duration.ofMillis(random.nextInt(2500));
                String what = "seed " + SEED + ", kill " + i + " of the " + (old ? "old" : "new") + " one after " + after;
                Set<Long> before = nodes();
                assertThat(before).as(what).isNotEmpty();
                long serving = reeve.client().node().pid();
                await(what).atMost(ReeveProcess.PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> begun(reeve));
                Waiting.until(time, after, after, () -> false);
                nodes().stream().filter(pid -> before.contains(pid) == old).filter(pid -> !old || pid == serving)
                        .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
                await(what).atMost(ReeveProcess.PATIENCE.multipliedBy(2)).pollInterval(Duration.ofMillis(100)).until(() -> {
                    if (nodes().isEmpty()) {
                        reeve.up();
                    }
                    return settled(reeve);
                });
                assertThat(reeve.awaitState("a/web/1", "running").pid()).as(what).isEqualTo(service);
                assertThat(reeve.get("web.localhost", "/").statusCode()).as(what).isEqualTo(200);
            }
        }
    }

    private static boolean begun(ReeveProcess reeve) {
        try {
            reeve.client().upgrade();
            return true;
        } catch (Failure e) {
            return false; // the last one is not over yet
        }
    }

    /// Whether one node answers, and no other is about to.
    private boolean settled(ReeveProcess reeve) {
        try {
            long pid = reeve.client().node().pid();
            Waiting.until(time, PAUSE, PAUSE, () -> false);
            return nodes().contains(pid) && nodes().stream().noneMatch(other -> other > pid);
        } catch (Failure e) {
            return false; // in between
        }
    }

    /// Processes of this test's Reeve.
    private Set<Long> nodes() {
        return ProcessHandle.allProcesses().filter(process -> process.info().commandLine()
                .filter(line -> line.contains("reeve.Main") && line.contains(folder.toString())).isPresent())
                .map(ProcessHandle::pid).collect(Collectors.toCollection(TreeSet::new));
    }

    private Load load(Address proxy) {
        var load = new Load(time, PAUSE);
        for (int i = 1; i <= 4; i++) {
            load.client("kept, once " + i, () -> question(proxy, "POST / HTTP/1.1\r\nContent-Length: 0\r\n"));
            load.client("new each time " + i, () -> question(proxy, "POST / HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n"));
            load.client("slow " + i, () -> question(proxy, "POST /slow/300 HTTP/1.1\r\nContent-Length: 0\r\n"));
        }
        return load;
    }

    private static Load.Question question(Address proxy, String head) {
        return new Load.Question(proxy, head + "Host: web.localhost\r\n\r\n", _ -> "", () -> false);
    }

    private void apply(ReeveProcess reeve) {
        String manifest = """
                name: a
                services:
                  web: { command: ["perl", "%s", "${port}", "%s/starts"], route: { host: web.localhost } }
                """.formatted(Path.of("src/test/resources/reeve/quick-server.pl").toAbsolutePath(), folder);
        reeve.client().apply(new ApplyRequest(folder.resolve("reeve.yaml").toString(), manifest, Map.of()));
    }
}
