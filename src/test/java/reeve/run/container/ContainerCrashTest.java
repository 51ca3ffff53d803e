package reeve.run.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reeve.model.StopSignal;
import reeve.run.supervise.Driver.Found;
import reeve.run.supervise.Driver.Run;
import reeve.run.supervise.Driver.Started;
import reeve.run.supervise.Driver;

/// Kills a JVM that runs a driver at random moments of a container's start. `-Dreeve.kills=N` for more than 10 kills.
class ContainerCrashTest extends RealContainers {
    /// From the record to the program's exec; some kills come later.
    private static final int LATEST_MICROS = 250_000;

    @Test
    @DisplayName("PROMISE-13, SUP-13 a kill -9 of Reeve at any moment of a container's start leaves one copy or none")
    void neverTwoCopiesWhereverReeveIsKilled() throws Exception {
        long seed = Long.getLong("reeve.seed", 42);
        var random = new Random(seed);
        start(driver(), DB, sleeps()); // Podman's service runs, and takes no part in the timing
        int running = 0;
        int kills = Integer.getInteger("reeve.kills", 10);
        for (int i = 0; i < kills; i++) {
            killAfter(Duration.ofNanos(random.nextInt(LATEST_MICROS) * 1000L));
            Driver driver = driver();
            List<Found> found = driver.adopt().stream().filter(one -> one.id().equals(WEB)).toList();
            String when = "seed %d, kill %d: %s".formatted(seed, i, found);
            assertThat(containers()).as(when).hasSizeLessThanOrEqualTo(1);
            Started again = driver.start(WEB, sleeps().log(log(WEB)).launch(), _ -> {});
            Run run = switch (again) {
                case Started.Ok(Run started) -> started;
                case Started.AlreadyRunning(Run known) -> {
                    running++;
                    yield known;
                }
                case Started.Failed _, Started.Conflict _ -> throw new AssertionError(when + " " + again);
            };
            assertThat(containers()).as(when).containsExactly(run.run());
            assertThat(alive(run)).as(when).isTrue();
            heard.clear();
            driver.signal(WEB, run, StopSignal.SIGKILL);
            eventually(() -> assertThat(heard).contains("wiki/web/1 ended: signal 9 (SIGKILL)"));
            driver.forget(WEB);
            assertThat(containers()).as(when).isEmpty();
            driver.close();
        }
        System.out.println("soak: seed " + seed + ": " + kills + " kills, of which " + running + " after the program ran");
        assertThat(podman.podman("secret", "ls", "--quiet")).isEmpty();
    }

    private static List<String> containers() {
        return podman.podman("ps", "--all", "--no-trunc", "--format", "{{.ID}}", "--filter", "label=reeve.instance=wiki/web/1")
                .lines().toList();
    }

    private void killAfter(Duration delay) throws IOException, InterruptedException {
        Process reeve = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        CrashingContainers.class.getName(),
                        state.toString(),
                        podman.program().toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var lines = new BufferedReader(new InputStreamReader(reeve.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("ready");
            await().atMost(Duration.ofSeconds(20)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1))
                    .until(() -> Files.exists(state.resolve("containers/instances/wiki@web@1.json")));
            var now = new CountDownLatch(1);
            time.after(delay, now::countDown);
            now.await();
        } finally {
            reeve.destroyForcibly().waitFor();
        }
    }
}
