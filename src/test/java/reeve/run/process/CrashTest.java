package reeve.run.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reeve.base.os.Cgroups;
import reeve.base.os.ProcessFacts;
import reeve.base.os.Processes;
import reeve.model.StopSignal;
import reeve.run.supervise.Driver.Found;
import reeve.run.supervise.Driver.Run;
import reeve.run.supervise.Driver.Started;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Kills a JVM that runs a driver at random moments of a start. `-Dreeve.kills=N` for more than 20 kills.
class CrashTest extends RealProcessTest {
    /// From the intent to the program's exec in a fresh JVM; some kills come later.
    private static final int LATEST_MICROS = 60_000;

    @Test
    @DisplayName("PROMISE-13 a kill -9 of Reeve at any moment of a start leaves one copy or none, and no orphan")
    void neverTwoCopiesWhereverReeveIsKilled() throws Exception {
        long seed = Long.getLong("reeve.seed", 42);
        var random = new Random(seed);
        Optional<Path> parent = Cgroups.find().parent();
        int running = 0;
        int kills = Integer.getInteger("reeve.kills", 20);
        for (int i = 0; i < kills; i++) {
            String killed = killAfter(Duration.ofNanos(random.nextInt(LATEST_MICROS) * 1000L));
            ProcessDriver driver = driver();
            List<Found> found = driver.adopt();
            int alive = (int) found.stream().filter(Found.Alive.class::isInstance).count();
            assertCopies(alive, "seed %d, kill %d: %s".formatted(seed, i, found));
            Started again = driver.start(WEB, launch(Map.of(), "sleep", "600"), _ -> {});
            assertCopies(1, "seed %d, kill %d: after a start that gave %s".formatted(seed, i, again));
            Run run = switch (again) {
                case Started.Ok(Run started) -> started;
                case Started.AlreadyRunning(Run known) -> {
                    running++;
                    yield known;
                }
                case Started.Failed _, Started.Conflict _ -> throw new AssertionError(again);
            };
            assertThat(copies()).containsExactly(run.pid());
            driver.signal(WEB, run, StopSignal.SIGKILL);
            int ends = i + 1;
            eventually(() -> assertThat(exits).hasSize(ends));
            driver.forget(WEB);
            driver.close();
            for (String each : List.of(killed, run.run())) {
                assertThat(parent.filter(cgroups -> Files.exists(cgroups.resolve(each)))).as("cgroup of run %s", each).isEmpty();
            }
        }
        System.out.println("soak: seed " + seed + ": " + kills + " kills, of which " + running + " after the program ran");
    }

    /// @return the run that was intended when it was killed
    private String killAfter(Duration delay) throws IOException, InterruptedException {
        Process reeve = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        CrashingReeve.class.getName(),
                        state.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var lines = new BufferedReader(new InputStreamReader(reeve.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("ready");
            await().atMost(Duration.ofSeconds(20)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1))
                    .until(() -> Files.exists(folder(WEB).resolve("intent")));
            var now = new CountDownLatch(1);
            time.after(delay, now::countDown);
            now.await();
        } finally {
            reeve.destroyForcibly().waitFor();
        }
        return Fields.read(Files.readString(folder(WEB).resolve("intent"))).get("run");
    }

    /// Never more than that; a process that has just written its record takes a moment to become the program.
    private void assertCopies(int expected, String when) {
        assertThat(copies()).as(when).hasSizeLessThanOrEqualTo(expected);
        eventually(() -> assertThat(copies()).as(when).hasSize(expected));
    }

    /// Programs, not shims, that run from this test's folder.
    private List<Long> copies() {
        return Processes.all(facts -> Processes.startedWith(facts.pid(), "REEVE_INSTANCE=" + WEB) && inState(facts)).stream()
                .map(ProcessFacts::pid)
                .toList();
    }

    private boolean inState(ProcessFacts facts) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + facts.pid() + "/cwd")).equals(state.toRealPath());
        } catch (IOException e) {
            return false; // gone, and what is gone is no copy
        }
    }
}
