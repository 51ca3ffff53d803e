package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.base.Elapsed;
import reeve.base.SystemTime;
import reeve.model.Failure;
import reeve.model.wire.InstanceRow;
import reeve.testing.NeedsRoot;
import reeve.testing.ReeveProcess;

/// What people and machines get wrong, on one real node: one clear error under the service's name, nobody else is harmed, and the
/// node answers all the while.
@Tag("it")
class BadWorldsEndToEndTest {
    @TempDir
    static Path folder;

    private static ReeveProcess reeve;
    private static ServerSocketChannel hungPodman;

    @BeforeAll
    static void up() throws IOException {
        Path socket = folder.resolve("podman.sock");
        hungPodman = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        hungPodman.bind(UnixDomainSocketAddress.of(socket)); // takes connections, and says nothing
        Files.writeString(folder.resolve("node.yaml"), "name: n1\npodman: { socket: " + socket + " }\n");
        Files.createDirectory(folder.resolve("folder.env"));
        Files.writeString(folder.resolve("wrong.env"), "A=b\n'not closed\n");
        Files.createDirectory(folder.resolve("folder.key"));
        reeve = new ReeveProcess(folder);
        reeve.up("--config", folder.resolve("node.yaml").toString());
        reeve.apply("name: calm\nservices:\n  web: { command: [sleep, \"1000\"] }\n");
        reeve.awaitState("calm/web/1", "running");
    }

    @AfterEach
    void nobodyElseWasHarmed() {
        assertThat(reeve.awaitState("calm/web/1", "running").restarts()).isZero();
        assertThat(reeve.starts("calm", "web")).isEqualTo(1);
        reeve.client().down("bad");
        await().atMost(ReeveProcess.PATIENCE).until(
                () -> reeve.client().instances(Optional.empty()).stream().noneMatch(row -> row.app().equals("bad")));
    }

    @AfterAll
    static void end() throws IOException {
        reeve.close();
        hungPodman.close();
    }

    @ParameterizedTest
    @DisplayName("REC-9: one error names the service and the cause, and concerns no other")
    @CsvSource(delimiter = '|', textBlock = """
            command: [sleep, "1000"], env_file: folder.env                  | stopped     | folder.env: cannot read it
            command: [sleep, "1000"], env_file: wrong.env                   | stopped     | wrong.env:2
            command: [sleep, "1000"], secrets: [unreadable]                 | stopped     | folder.key: cannot read it
            command: [sleep, "1000"], environment: { A: "${values.absent}" } | stopped     | no value 'absent'
            command: [/nowhere/program]                                     | backing_off | /nowhere/program
            command: [nowhere-on-the-path]                                  | backing_off | nowhere-on-the-path
            command: [/etc/passwd]                                          | backing_off | /etc/passwd
            command: [sleep, "1000"], working_dir: /nowhere                 | backing_off | /nowhere
            """)
    void oneErrorNamesTheServiceAndTheCause(String service, String state, String cause) {
        apply(service);
        tellsOnce(state, cause);
    }

    @ParameterizedTest
    @CsvSource({"env_file: absent.env, absent.env", "secrets: [absent], absent.key"})
    void aFileThatGoesMissingStopsWhatNeedsIt(String needs, String file) throws IOException {
        Files.writeString(folder.resolve(file), "A=b\n");
        apply("command: [sleep, \"1000\"], " + needs);
        reeve.awaitState("bad/one/1", "running");
        Files.delete(folder.resolve(file));
        apply("command: [sleep, \"1000\"], " + needs); // which has it looked at before the next pass does
        tellsOnce("stopped", file + ": there is no such file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"env_file: absent.env", "secrets: [absent]"})
    void aManifestThatNeedsWhatIsNotThereIsRefused(String needs) {
        apply("command: [sleep, \"1000\"]");
        long pid = reeve.awaitState("bad/one/1", "running").pid();
        assertThatThrownBy(() -> apply("command: [sleep, \"1000\"], " + needs)).isInstanceOf(Failure.class)
                .hasMessageStartingWith("cannot apply bad: one needs ").hasMessageEndingWith("there is no such file");
        assertThat(reeve.instance("bad/one/1").pid()).isEqualTo(pid);
    }

    @Test
    void whoHasThePortThatAnotherWantsIsNamed() throws IOException {
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        reeve.apply("""
                name: bad
                services:
                  one: { command: [perl, "%s", "%d", /dev/null], healthcheck: { tcp: true, port: %d } }
                  two: { command: [sleep, "1000"], healthcheck: { tcp: true, port: %d }, depends_on: { one: { condition: service_healthy } } }
                """.formatted(Path.of("src/test/resources/reeve/quick-server.pl").toAbsolutePath(), port, port, port));
        assertThat(reeve.awaitState("bad/two/1", "backing_off").reason()).contains("port " + port + " is taken by bad/one/1");
    }

    @Test
    @NeedsRoot
    void anUnknownUserIsNamed() {
        apply("command: [sleep, \"1000\"], user: nobody-of-that-name");
        tellsOnce("backing_off", "nobody-of-that-name");
    }

    /// The start is given up after the driver's patience; what is shown until then is that it is tried.
    @Test
    void aPodmanThatHangsDelaysNobody() {
        apply("image: localhost/box:1");
        reeve.awaitState("bad/two/1", "running");
        try (var time = new SystemTime()) {
            for (int i = 0; i < 5; i++) {
                Elapsed before = time.elapsed();
                assertThat(reeve.instance("bad/one/1").state()).isIn("starting", "backing_off", "unknown");
                assertThat(time.elapsed().since(before)).isLessThan(Duration.ofSeconds(2));
                reeve.apply("name: quick\nservices:\n  web: { command: [sleep, \"" + (1000 + i) + "\"] }\n");
                reeve.awaitState("quick/web/1", "running");
            }
        }
        reeve.client().down("quick");
    }

    private static void apply(String service) {
        reeve.apply("name: bad\nservices:\n  one: { " + service + " }\n  two: { command: [sleep, \"1000\"] }\n"
                + "secrets: { absent: { file: absent.key }, unreadable: { file: folder.key } }\n");
    }

    private static void tellsOnce(String state, String cause) {
        InstanceRow one = reeve.awaitState("bad/one/1", state);
        assertThat(one.reason()).contains(cause).hasLineCount(1);
        reeve.awaitState("bad/two/1", "running");
        assertThat(reeve.client().journal(Optional.of("bad/one/1"), 100)).anySatisfy(entry -> assertThat(entry.why()).contains(cause));
        try (var time = new SystemTime()) {
            Elapsed before = time.elapsed();
            reeve.client().instances(Optional.empty());
            assertThat(time.elapsed().since(before)).isLessThan(Duration.ofSeconds(1));
        }
    }
}
