package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reeve.base.Elapsed;
import reeve.base.SystemTime;
import reeve.model.Selector;
import reeve.model.wire.InstanceRow;
import reeve.testing.NeedsRoot;
import reeve.testing.ReeveProcess;
import reeve.testing.RunsAs;

/// A main service and its side-cars on one real node: what fails of one, and what it means for the others.
abstract class GroupsContract extends OneNode {
    private static final int LOOKS = 20;

    /// Says when it begins and ends, in a file that all of them share; `$2` is how long it takes to end.
    private static final String PROGRAM = """
            trap 'sleep $2; echo "$1 ends" >> order; exit 0' TERM
            echo "$1 begins" >> order
            sleep 1000 & wait
            """;
    private static final String CHAIN = """
            name: ic
            services:
              gateway: { command: [sh, program.sh, gateway, "0.3"], enabled: "${features.gateway}", depends_on: { replica: { condition: service_healthy } } }
              replica: { command: [sh, program.sh, replica, "0"], healthcheck: { test: [CMD-SHELL, "grep -q 'replica begins' order"], interval: 1s } }
              exporter: { command: [sh, program.sh, exporter, "0.3"], depends_on: [gateway] }
            """;

    static void begin(RunsAs kind) throws IOException {
        Files.writeString(folder.resolve("program.sh"), PROGRAM);
        begin(kind, feature(true));
    }

    private static String feature(boolean gateway) {
        return "features: { gateway: " + gateway + " }\n";
    }

    private static void gateway(boolean enabled) throws IOException {
        configuration(feature(enabled));
    }

    @BeforeEach
    void fromTheBeginning() throws IOException {
        Files.deleteIfExists(folder.resolve("order"));
        gateway(true);
    }

    private static List<String> order() throws IOException {
        return Files.readAllLines(folder.resolve("order"));
    }

    @Test
    @DisplayName("SUP-3, SUP-6: services start in their order, whatever theirs in the file, and stop in its exact reverse")
    void startsInOrderAndStopsInItsReverse() throws IOException {
        apply(CHAIN);
        reeve.awaitState("ic/exporter/1", "running");
        await().atMost(ReeveProcess.PATIENCE).until(() -> order().size() == 3);
        assertThat(order()).startsWith("replica begins").containsExactlyInAnyOrder("replica begins", "gateway begins", "exporter begins");
        reeve.client().down("ic");
        gone();
        assertThat(order().subList(3, 6)).containsExactly("exporter ends", "gateway ends", "replica ends");
    }

    @Test
    @DisplayName("SUP-1, SUP-17: a gate that closes stops what runs behind it, once, however often it is looked at")
    void aClosedGateStopsOnce() throws IOException {
        apply(CHAIN.replace("name: ic", "name: gated"));
        InstanceRow gateway = reeve.awaitState("gated/gateway/1", "running");
        InstanceRow replica = reeve.awaitState("gated/replica/1", "running");
        gateway(false);
        assertThat(reeve.awaitState("gated/gateway/1", "disabled").reason()).isEqualTo("not enabled: ${features.gateway}");
        assertThat(alive(gateway)).isFalse();
        assertThat(reeve.stops("gated", "gateway")).isEqualTo(1);
        apply(CHAIN.replace("name: ic", "name: gated").replace("1s", "2s")); // everything is looked at again
        reeve.client().stop(Selector.parse("gated/gateway"));
        reeve.awaitState("gated/gateway/1", "stopped");
        assertThat(reeve.stops("gated", "gateway")).isEqualTo(1);
        assertThat(reeve.starts("gated", "gateway")).isEqualTo(1);
        assertThat(alive(replica)).isTrue();
    }

    @Test
    @DisplayName("SUP-2: what an earlier Reeve left running behind a gate that is closed now is stopped, by itself and with its app")
    void whatWasLeftBehindAClosedGateIsStopped() throws IOException {
        apply(CHAIN);
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
        apply("""
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
            apply(CHAIN.replace("\"0.3\"]", "\"0.3\"], stop_grace_period: 500ms"));
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
    @DisplayName("SUP-21, SUP-17: one service is restarted without its side-cars, an app with all of them")
    void oneIsRestartedAlone() {
        apply(CHAIN.replace("name: ic", "name: alone"));
        InstanceRow gateway = reeve.awaitState("alone/gateway/1", "running");
        InstanceRow exporter = reeve.awaitState("alone/exporter/1", "running");
        InstanceRow replica = reeve.awaitState("alone/replica/1", "running");
        reeve.client().restart(Selector.parse("alone/replica"));
        awaitAnother(replica);
        assertThat(reeve.instance("alone/gateway/1").pid()).isEqualTo(gateway.pid());
        assertThat(reeve.instance("alone/exporter/1").pid()).isEqualTo(exporter.pid());
        assertThat(reeve.starts("alone", "gateway")).isEqualTo(1);
        assertThat(reeve.stops("alone", "gateway")).isZero();
        reeve.client().restart(Selector.parse("alone"));
        awaitAnother(gateway);
        awaitAnother(exporter);
    }

    @Test
    @DisplayName("SUP-18: another kind of service is a line of data: nothing that runs knows of it, no code is touched")
    void anotherServiceIsData() {
        String manifest = "name: data\nservices:\n  main: { command: [sleep, \"1000\"] }\n";
        apply(manifest);
        long main = reeve.awaitState("data/main/1", "running").pid();
        apply(manifest + "  cup: { command: [sleep, \"1001\"], depends_on: [main] }\n");
        reeve.awaitState("data/cup/1", "running");
        assertThat(reeve.instance("data/main/1").pid()).isEqualTo(main);
        assertThat(reeve.starts("data", "main")).isEqualTo(1);
    }

    @Test
    @DisplayName("SUP-20: the status page answers within 100 ms while a service that ignores TERM is being stopped")
    void thePageWaitsForNoStop() throws Exception {
        apply("""
                name: paged
                services:
                  stubborn: { command: [sh, -c, "trap '' TERM; while :; do sleep 1; done"], stop_grace_period: 1m }
                  other: { command: [sleep, "1000"] }
                """);
        reeve.awaitState("paged/other/1", "running");
        InstanceRow stubborn = reeve.awaitState("paged/stubborn/1", "running");
        URI page = URI.create("http://" + reeve.client().node().admin() + "/");
        look(page); // the first one loads classes
        reeve.client().stop(Selector.parse("paged/stubborn"));
        reeve.awaitState("paged/stubborn/1", "stopping");
        var took = new ArrayList<Duration>();
        try (var time = new SystemTime()) {
            for (int i = 0; i < LOOKS; i++) {
                Elapsed before = time.elapsed();
                String text = look(page);
                took.add(time.elapsed().since(before));
                assertThat(text).containsPattern("stubborn/1 +stopping ").containsPattern("other/1 +running ");
            }
        }
        assertThat(Collections.min(took)).isLessThan(Duration.ofMillis(100));
        assertThat(Collections.max(took)).isLessThan(Duration.ofSeconds(2)); // others use this machine too
        ProcessHandle.of(stubborn.pid()).orElseThrow().destroyForcibly();
        reeve.awaitState("paged/stubborn/1", "stopped");
    }

    private static String look(URI page) throws Exception {
        var request = HttpRequest.newBuilder(page).header("Accept", "text/plain").timeout(Duration.ofSeconds(10)).build();
        return reeve.http().send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
}
