package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.Elapsed;
import reeve.base.SystemTime;
import reeve.base.os.Processes;
import reeve.model.Selector;
import reeve.model.wire.InstanceRow;
import reeve.testing.NeedsRoot;
import reeve.testing.ReeveProcess;

/// A main service and its side-cars as real processes of one real node: what fails of one, and what it means for the others.
@Tag("it")
class GroupsEndToEndTest {
    /// Says when it begins and ends, in a file that all of them share; `$2` is how long it takes to end.
    private static final String PROGRAM = """
            trap 'sleep $2; echo "$1 ends" >> order; exit 0' TERM
            echo "$1 begins" >> order
            sleep 1000 & wait
            """;
    private static final String CHAIN = """
            name: ic
            services:
              gateway:
                command: [sh, program.sh, gateway, "0.3"]
                depends_on: { replica: { condition: service_healthy } }
                enabled: "${features.gateway}"
              replica:
                command: [sh, program.sh, replica, "0"]
                healthcheck: { test: [CMD-SHELL, "grep -q 'replica begins' order"], interval: 100ms }
              exporter:
                command: [sh, program.sh, exporter, "0.3"]
                depends_on: [gateway]
            """;

    @TempDir
    static Path folder;

    private static ReeveProcess reeve;

    @BeforeAll
    static void up() throws IOException {
        Files.writeString(folder.resolve("program.sh"), PROGRAM);
        gateway(true);
        reeve = new ReeveProcess(folder);
        upAgain();
    }

    private static void upAgain() {
        reeve.up("--config", folder.resolve("node.yaml").toString());
    }

    private static void gateway(boolean enabled) throws IOException {
        Path next = Files.writeString(folder.resolve("node.yaml.next"), "name: n1\nfeatures: { gateway: " + enabled + " }\n");
        Files.move(next, folder.resolve("node.yaml"), StandardCopyOption.ATOMIC_MOVE);
    }

    @AfterEach
    void takeDown() throws IOException {
        reeve.client().apps().forEach(app -> reeve.client().down(app.app()));
        gone();
        Files.deleteIfExists(folder.resolve("order"));
        gateway(true);
    }

    @AfterAll
    static void end() {
        reeve.close();
    }

    private static void gone() {
        await().atMost(ReeveProcess.PATIENCE).pollInterval(Duration.ofMillis(50))
                .until(() -> reeve.client().instances(Optional.empty()).isEmpty());
    }

    private static boolean alive(InstanceRow row) {
        return Processes.facts(row.pid()).filter(facts -> !facts.gone()).isPresent(); // a zombie is not
    }

    private static List<String> order() throws IOException {
        return Files.readAllLines(folder.resolve("order"));
    }

    @Test
    @DisplayName("SUP-3, SUP-6: services start in their order, whatever theirs in the file, and stop in its exact reverse")
    void startsInOrderAndStopsInItsReverse() throws IOException {
        reeve.apply(CHAIN);
        reeve.awaitState("ic/exporter/1", "running");
        await().atMost(ReeveProcess.PATIENCE).until(() -> order().contains("exporter begins"));
        assertThat(order()).startsWith("replica begins").containsExactlyInAnyOrder("replica begins", "gateway begins", "exporter begins");
        reeve.client().down("ic");
        gone();
        assertThat(order().subList(3, 6)).containsExactly("exporter ends", "gateway ends", "replica ends");
    }

    @Test
    @DisplayName("SUP-1: a gate that closes stops what runs behind it, once, however often it is looked at")
    void aClosedGateStopsOnce() throws IOException {
        reeve.apply(CHAIN.replace("name: ic", "name: gated"));
        InstanceRow gateway = reeve.awaitState("gated/gateway/1", "running");
        InstanceRow replica = reeve.awaitState("gated/replica/1", "running");
        gateway(false);
        assertThat(reeve.awaitState("gated/gateway/1", "disabled").reason()).isEqualTo("not enabled: ${features.gateway}");
        assertThat(alive(gateway)).isFalse();
        assertThat(reeve.stops("gated", "gateway")).isEqualTo(1);
        reeve.apply(CHAIN.replace("name: ic", "name: gated").replace("100ms", "200ms")); // everything is looked at again
        reeve.client().stop(Selector.parse("gated/gateway"));
        reeve.awaitState("gated/gateway/1", "stopped");
        assertThat(reeve.stops("gated", "gateway")).isEqualTo(1);
        assertThat(reeve.starts("gated", "gateway")).isEqualTo(1);
        assertThat(alive(replica)).isTrue();
    }

    @Test
    @DisplayName("SUP-2: what an earlier Reeve left running behind a gate that is closed now is stopped, by itself and with its app")
    void whatWasLeftBehindAClosedGateIsStopped() throws IOException {
        reeve.apply(CHAIN);
        InstanceRow gateway = reeve.awaitState("ic/gateway/1", "running");
        InstanceRow replica = reeve.awaitState("ic/replica/1", "running");
        reeve.killHard();
        gateway(false);
        assertThat(alive(gateway)).isTrue();
        upAgain();
        reeve.client().down("ic");
        gone();
        assertThat(alive(gateway) || alive(replica)).isFalse();
    }

    @Test
    @DisplayName("SUP-4, SUP-5, SUP-9: who cannot start keeps nobody else from trying, and every error is reported under its name")
    void whoCannotStartKeepsNobodyElseFromTrying() {
        reeve.apply("""
                name: broken
                services:
                  replica: { command: [/nowhere/replica] }
                  gateway: { command: [sleep, "1000"], depends_on: { replica: { condition: service_started, required: false } } }
                  exporter: { command: [/nowhere/exporter], depends_on: { replica: { condition: service_started, required: false } } }
                  strict: { command: [sleep, "1000"], depends_on: [replica] }
                  other: { command: [sleep, "1000"] }
                """);
        reeve.awaitState("broken/gateway/1", "running");
        reeve.awaitState("broken/other/1", "running");
        assertThat(reeve.awaitState("broken/replica/1", "backing_off").reason()).contains("/nowhere/replica");
        assertThat(reeve.awaitState("broken/exporter/1", "backing_off").reason()).contains("/nowhere/exporter");
        assertThat(reeve.instance("broken/strict/1").reason()).startsWith("waits for replica (service_started)");
        assertThat(reeve.starts("broken", "replica")).isPositive();
        assertThat(reeve.starts("broken", "exporter")).isPositive();
        assertThat(reeve.starts("broken", "strict")).isZero();
    }

    @Test
    @NeedsRoot
    @DisplayName("SUP-7, SUP-8, SUP-14: what KILL does not end, as in D state, delays no other stop, is told, and tried until it is gone")
    void whatCannotBeStoppedDelaysNoOther() throws IOException {
        Path freezer = Path.of("/sys/fs/cgroup/freezer");
        Assumptions.assumeTrue(Files.isWritable(freezer), "a program that KILL does not end needs the freezer of cgroup v1");
        Path cage = Files.createDirectory(freezer.resolve("reeve-test-" + ProcessHandle.current().pid()));
        try (var time = new SystemTime()) {
            reeve.apply(CHAIN.replace("\"0.3\"]", "\"0.3\"]\n    stop_grace_period: 300ms"));
            InstanceRow exporter = reeve.awaitState("ic/exporter/1", "running");
            InstanceRow replica = reeve.awaitState("ic/replica/1", "running");
            Files.writeString(cage.resolve("cgroup.procs"), String.valueOf(exporter.pid()));
            Files.writeString(cage.resolve("freezer.state"), "FROZEN");
            reeve.client().down("ic");
            await().atMost(ReeveProcess.PATIENCE).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
                Elapsed before = time.elapsed();
                List<InstanceRow> rows = reeve.client().instances(Optional.empty());
                assertThat(time.elapsed().since(before)).isLessThan(Duration.ofSeconds(1));
                assertThat(rows).singleElement().satisfies(row -> assertThat(row.reason()).startsWith("does not end: KILL was sent"));
            });
            assertThat(alive(replica)).isFalse();
            assertThat(alive(exporter)).isTrue();
            Files.writeString(cage.resolve("freezer.state"), "THAWED");
            gone();
            assertThat(alive(exporter)).isFalse();
        } finally {
            Files.writeString(cage.resolve("freezer.state"), "THAWED");
            await().atMost(ReeveProcess.PATIENCE).until(() -> Files.readString(cage.resolve("cgroup.procs")).isEmpty());
            Files.delete(cage);
        }
    }

    @Test
    @DisplayName("SUP-21: one service is restarted without its side-cars, an app with all of them")
    void oneIsRestartedAlone() {
        reeve.apply(CHAIN);
        InstanceRow gateway = reeve.awaitState("ic/gateway/1", "running");
        InstanceRow exporter = reeve.awaitState("ic/exporter/1", "running");
        InstanceRow replica = reeve.awaitState("ic/replica/1", "running");
        reeve.client().restart(Selector.parse("ic/replica"));
        awaitAnother(replica);
        assertThat(reeve.instance("ic/gateway/1").pid()).isEqualTo(gateway.pid());
        assertThat(reeve.instance("ic/exporter/1").pid()).isEqualTo(exporter.pid());
        reeve.client().restart(Selector.parse("ic"));
        awaitAnother(gateway);
        awaitAnother(exporter);
    }

    private static void awaitAnother(InstanceRow before) {
        await().atMost(ReeveProcess.PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> reeve.instance(before.instance()),
                row -> row.state().equals("running") && !row.pid().equals(before.pid()));
    }

    @Test
    @DisplayName("SUP-18: another kind of service is a line of data: nothing that runs knows of it, no code is touched")
    void anotherServiceIsData() {
        String manifest = "name: data\nservices:\n  main: { command: [sleep, \"1000\"] }\n";
        reeve.apply(manifest);
        long main = reeve.awaitState("data/main/1", "running").pid();
        reeve.apply(manifest + "  cup: { command: [sleep, \"1001\"], depends_on: [main] }\n");
        reeve.awaitState("data/cup/1", "running");
        assertThat(reeve.instance("data/main/1").pid()).isEqualTo(main);
        assertThat(reeve.starts("data", "main")).isEqualTo(1);
    }
}
