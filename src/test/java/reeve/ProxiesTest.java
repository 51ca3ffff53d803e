package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.SystemTime;
import reeve.base.Waiting;
import reeve.model.Address;
import reeve.model.wire.ApplyRequest;
import reeve.model.wire.JournalRow;
import reeve.testing.Load;
import reeve.testing.NeedsProgram;
import reeve.testing.RawConnection;
import reeve.testing.ReeveProcess;
import reeve.testing.StreamingServer;

/// Proxies as processes of their own, fed by a real node.
@Tag("it")
@NeedsProgram("perl")
class ProxiesTest {
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final SystemTime time = new SystemTime();
    private final List<Process> proxies = new ArrayList<>();
    private Address port = Address.loopback(1);
    private ReeveProcess reeve;

    @TempDir
    Path folder;

    ProxiesTest() {
        this.reeve = new ReeveProcess(Path.of("")); // in its place comes the one of the test
    }

    @BeforeEach
    void begin() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = Address.loopback(free.getLocalPort());
        }
        reeve = new ReeveProcess(folder).up();
    }

    @AfterEach
    void end() {
        try (ReeveProcess _ = reeve; time) {
            proxies.forEach(Process::destroy);
            proxies.forEach(proxy -> proxy.onExit().completeOnTimeout(proxy, 20, TimeUnit.SECONDS).join());
            proxies.forEach(Process::destroyForcibly);
        }
    }

    private Process proxy() {
        return proxy(List.of());
    }

    /// @param before words that the command line begins with
    private Process proxy(List<String> before) {
        String name = "p" + (proxies.size() + 1);
        ProcessBuilder builder = reeve.builder("proxy", "--node", folder.resolve("reeve.sock").toString(), "--http", port.toString(),
                "--name", name);
        var words = new ArrayList<>(before);
        words.addAll(builder.command());
        try {
            Process process = builder.command(words).redirectErrorStream(true).redirectOutput(folder.resolve(name + ".txt").toFile())
                    .start();
            proxies.add(process);
            return process;
        } catch (IOException e) {
            throw new AssertionError("cannot start a proxy", e);
        }
    }

    private void apply(String app, String services) {
        reeve.client().apply(new ApplyRequest(folder.resolve(app + ".yaml").toString(), "name: " + app + "\n" + services, Map.of()));
    }

    private String web(String host) {
        return "services:\n  web: { command: [perl, \"%s\", \"${port}\", \"%s/starts\"], route: { host: %s.localhost } }%n"
                .formatted(Path.of("src/test/resources/reeve/quick-server.pl").toAbsolutePath(), folder, host);
    }

    private int status(String host) {
        try (var client = RawConnection.to(port)) {
            return client.send("GET / HTTP/1.1\r\nHost: " + host + ".localhost\r\n\r\n").readMessage().status();
        } catch (IOException e) {
            return 0; // not there yet
        }
    }

    private void awaitStatus(String host, int status) {
        await().atMost(ReeveProcess.PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> status(host) == status);
    }

    @Test
    @DisplayName("two proxies on one port go on while the node is killed, and catch up with the next one")
    void proxiesGoOnWhileTheNodeIsKilled() {
        apply("a", web("one"));
        reeve.awaitState("a/web/1", "running");
        proxy();
        proxy();
        awaitStatus("one", 200);
        try (var load = new Load(time, PAUSE)) {
            for (int i = 1; i <= 4; i++) {
                load.client("kept " + i, () -> question("POST / HTTP/1.1\r\nContent-Length: 0\r\n", () -> false));
                load.client("new " + i, () -> question("POST / HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n", () -> false));
            }
            for (int i = 0; i < 2; i++) {
                enough(load);
                reeve.killHard();
                enough(load);
                reeve.up();
            }
            apply("b", web("two"));
            awaitStatus("two", 200);
            reeve.client().down("b", false);
            awaitStatus("two", 404);
            enough(load);
            assertThat(load.failures()).isEmpty();
        }
    }

    @Test
    void twoProxiesThatShareASocketLoseNoConnectionThatOneOfThemHadNotTaken() {
        apply("a", web("one"));
        reeve.awaitState("a/web/1", "running");
        String script = "use Socket; $^F = 10; socket(my $s, PF_INET, SOCK_STREAM, 0); setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);"
                + "bind($s, sockaddr_in(" + port.port() + ", inet_aton('127.0.0.1'))) or die $!; listen($s, 512);"
                + "for my $i (1, 2) { next if fork; $ENV{LISTEN_PID} = $$; $ENV{LISTEN_FDS} = 1; $ENV{LISTEN_FDNAMES} = 'http';"
                + "use POSIX; POSIX::dup2(fileno($s), 3) if fileno($s) != 3; $ARGV[-1] = \"pair$i\"; exec @ARGV; }"
                + "$SIG{TERM} = sub { kill 'TERM', -$$ }; 1 while wait() > 0;";
        Process both = proxy(List.of("setsid", "perl", "-MPOSIX", "-e", script, "--"));
        awaitStatus("one", 200);
        List<ProcessHandle> pair = await().atMost(ReeveProcess.PATIENCE)
                .until(() -> both.descendants().filter(each -> each.info().commandLine().orElse("").contains("reeve.Main")).toList(),
                        found -> found.size() == 2);
        var killed = new AtomicBoolean();
        try (var load = new Load(time, PAUSE)) {
            for (int i = 1; i <= 6; i++) {
                load.client("new " + i, () -> question("POST / HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n", killed::get));
            }
            enough(load);
            killed.set(true); // what it is working on goes with it
            pair.getFirst().destroyForcibly();
            pair.getFirst().onExit().join();
            Waiting.until(time, PAUSE, Duration.ofMillis(500), () -> false);
            killed.set(false);
            enough(load);
            assertThat(load.failures()).isEmpty();
        }
    }

    @Test
    @DisplayName("a service sleeps and wakes for a proxy outside the node, and never under its streams")
    void aServiceSleepsAndWakesForAProxyOutsideTheNode() throws IOException {
        apply("a", """
                services:
                  web:
                    command: ["${java.home}/bin/java", "-XX:+UseSerialGC", "-Xmx64m", "-cp", "%s", "%s", "${port}"]
                    route: { host: one.localhost }
                    sleep: { after: 1s }
                """.formatted(Path.of("target", "test-classes").toAbsolutePath(), StreamingServer.class.getName()));
        proxy();
        proxy();
        await().atMost(ReeveProcess.PATIENCE).until(() -> status("one") == 200);
        for (int i = 0; i < 3; i++) {
            reeve.awaitState("a/web/1", "asleep");
            assertThat(status("one")).isEqualTo(200);
            try (var stream = RawConnection.to(port)) {
                stream.send("GET /stream/4 HTTP/1.1\r\nHost: one.localhost\r\nConnection: close\r\n\r\n");
                assertThat(stream.readToEnd()).contains("second 4");
            }
        }
        assertThat(reeve.client().journal(Optional.of("a/web"), 1000)).extracting(JournalRow::what).contains("asleep", "awake");
        reeve.awaitState("a/web/1", "asleep");
        proxies.getFirst().destroyForcibly();
        awaitStatus("one", 200);
        reeve.awaitState("a/web/1", "asleep"); // as soon as the killed one's lease has ended
    }

    private static void enough(Load load) {
        long enough = load.answers() + 300;
        await().atMost(ReeveProcess.PATIENCE).pollInterval(Duration.ofMillis(10))
                .until(() -> load.answers() >= enough || !load.failures().isEmpty());
    }

    private Load.Question question(String head, Supplier<Boolean> excused) {
        return new Load.Question(port, head + "Host: one.localhost\r\n\r\n", _ -> "", excused);
    }
}
