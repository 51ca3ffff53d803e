package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.Elapsed;
import reeve.base.SystemTime;
import reeve.testing.NeedsProgram;
import reeve.testing.NeedsRoot;
import reeve.testing.Podman;
import reeve.testing.ReeveProcess;

/// A real node on a machine that has not recovered yet.
@Tag("it")
class BootEndToEndTest {
    private static final Duration PROMPT = Duration.ofSeconds(5);
    private static final List<String> BOTH = List.of("a/web/1", "a/box/1");

    @TempDir
    Path folder;

    @Test
    @NeedsRoot
    @NeedsProgram({"podman", "runc", "catatonit", "busybox", "iptables"})
    @DisplayName("REC-1, REC-3, REC-4, REC-6: nothing is started before the machine has recovered, then at once; Reeve ends at any time")
    void nothingIsStartedBeforeTheMachineHasRecovered() throws IOException {
        Path recovered = folder.resolve("recovered");
        try (var time = new SystemTime(); var podman = new Podman(); var reeve = new ReeveProcess(folder)) {
            Path node = Files.writeString(folder.resolve("node.yaml"),
                    "boot: { wait_for: { file: " + recovered + " } }\npodman: { program: " + podman.program() + " }\n");
            reeve.up("--config", node.toString());
            reeve.apply("""
                    name: a
                    services:
                      web: { command: [sleep, "1000"] }
                      box: { image: "%s", init: true, command: [sleep, "1000"] }
                    """.formatted(Podman.BOX));
            for (String id : BOTH) {
                assertThat(reeve.awaitState(id, "starting").reason()).startsWith("Reeve waits until this machine has recovered");
            }
            assertThat(reeve.starts("a", "web") + reeve.starts("a", "box")).isZero();
            assertEndsPromptly(reeve, time);

            reeve.up("--config", node.toString());
            assertThat(reeve.awaitState("a/web/1", "starting").pid()).isNull();
            Files.createFile(recovered);
            Elapsed from = time.elapsed();
            reeve.awaitState("a/web/1", "running");
            assertThat(time.elapsed().since(from)).as("asked every 5 s").isLessThan(Duration.ofSeconds(10));
            List<Long> pids = BOTH.stream().map(id -> reeve.awaitState(id, "running").pid()).toList();
            assertEndsPromptly(reeve, time);

            for (long pid : pids) {
                ProcessHandle.of(pid).orElseThrow().destroyForcibly();
                await().atMost(ReeveProcess.PATIENCE).until(() -> ProcessHandle.of(pid).map(process -> !process.isAlive()).orElse(true));
            }
            reeve.up("--config", node.toString());
            Elapsed ready = time.elapsed();
            BOTH.forEach(id -> reeve.awaitState(id, "running"));
            assertThat(time.elapsed().since(ready)).as("no interval before the first pass").isLessThan(Duration.ofSeconds(20));
        }
    }

    @Test
    @DisplayName("REC-15: of the boot the configuration says what is waited for; nothing there turns a stage or the wait off")
    void noSettingTurnsAStageOrTheWaitOff() throws IOException {
        List<String> settings = Files.readString(Path.of("docs", "configuration.md")).lines() // made from their definitions
                .filter(line -> line.startsWith("| `")).map(line -> line.split("`")[1]).toList();
        assertThat(settings).hasSizeGreaterThan(10).filteredOn(name -> name.startsWith("boot")).containsExactly("boot.wait_for");
        assertThat(settings).noneMatch(name -> name.matches(".*(pass|stage|interval|companion|recover|reconcile).*"));
        try (var reeve = new ReeveProcess(folder)) {
            for (String key : List.of("stages", "companions", "recovery", "interval")) {
                Path node = Files.writeString(folder.resolve("node.yaml"), "boot: { " + key + ": off }\n");
                ReeveProcess.Ran refused = reeve.run("up", "--config", node.toString(), "--state", folder.resolve("state").toString());
                assertThat(refused.exitCode()).isPositive();
                assertThat(refused.err()).contains("node.yaml:1:").contains(key);
            }
        }
    }

    private static void assertEndsPromptly(ReeveProcess reeve, SystemTime time) {
        Elapsed from = time.elapsed();
        reeve.interrupt();
        assertThat(time.elapsed().since(from)).isLessThan(PROMPT);
    }
}
