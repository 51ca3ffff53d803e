package reeve.run.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reeve.base.os.Processes;
import reeve.model.StopSignal;
import reeve.run.supervise.Driver.Found;
import reeve.run.supervise.Driver.Run;
import reeve.run.supervise.Driver.Started;
import reeve.run.supervise.Driver;

/// What happens to containers without Reeve's doing, and what Reeve makes of it while Podman is there or not.
class SurvivalTest extends RealContainers {
    private static final int SIGSTOP = 19;
    private static final int SIGCONT = 18;

    private Driver on(Path socket) {
        return driver(runtime(new ContainerSettings(Optional.of(socket), "no-such-podman", Optional.empty())));
    }

    private static void signal(long pid, int signal) {
        Processes.facts(pid).ifPresent(facts -> Processes.signal(pid, facts.startTicks(), signal));
    }

    @Test
    @DisplayName("SUP-14 the stop signal reaches the program inside, and what ignores it is ended by KILL with all its children")
    void aStubbornProgramIsKilledWithItsChildren() {
        var driver = driver();
        Run run = start(driver, WEB, Containers.shell("trap '' TERM; sleep 611 & echo up; while :; do sleep 1; done").init(false));
        eventually(() -> assertThat(output(WEB)).contains("up"));
        driver.signal(WEB, run, StopSignal.SIGTERM);
        assertThat(alive(run)).isTrue();
        driver.signal(WEB, run, StopSignal.SIGKILL);
        driver.signal(WEB, run, StopSignal.SIGKILL);
        eventually(() -> assertThat(heard).containsExactly("wiki/web/1 ended: signal 9 (SIGKILL)"));
        eventually(() -> assertThat(ProcessHandle.allProcesses().flatMap(process -> process.info().commandLine().stream()))
                .noneMatch(line -> line.contains("sleep 611")));
    }

    @Test
    @DisplayName("SUP-16 a container that ends by itself is noticed at once, and its next run is another one")
    void aCrashIsNoticedAtOnce() {
        var driver = driver();
        Run run = start(driver, WEB, sleeps());
        Instant struck = time.wall();
        signal(run.pid(), 9);
        eventually(() -> assertThat(heard).containsExactly("wiki/web/1 ended: signal 9 (SIGKILL)"));
        System.out.println("crash noticed after " + Duration.between(struck, time.wall()).toMillis() + " ms");
        assertThat(start(driver, WEB, sleeps()).run()).isNotEqualTo(run.run());
    }

    @Test
    void aContainerWhoseMonitorWasKilledHasAnUnknownEndAndIsStartedAnew() {
        var driver = driver();
        Run run = start(driver, WEB, sleeps());
        signal(Long.parseLong(inspect(run.run(), "{{.State.ConmonPid}}")), 9);
        assertThat(driver().adopt()).containsExactly(new Found.Alive(WEB, run, "spec-1", false));
        signal(run.pid(), 9);
        eventually(() -> assertThat(heard).contains("wiki/web/1 ended: unknown exit"));
        Run next = start(driver, WEB, sleeps());
        assertThat(alive(next)).isTrue();
        assertThat(podman.podman("ps", "--all", "--quiet").lines()).hasSize(1);
    }

    @Test
    void whatAStrangerRemovesOrRestartsHasEnded() {
        var driver = driver();
        Run web = start(driver, WEB, sleeps());
        podman.podman("rm", "--force", "--time=0", web.run());
        eventually(() -> assertThat(heard).hasSize(1));
        assertThat(heard.getFirst()).startsWith("wiki/web/1 ended: ");
        heard.clear();
        Run db = start(driver, DB, sleeps());
        podman.podman("restart", "--time=0", db.run());
        eventually(() -> assertThat(heard).hasSize(1));
        assertThat(heard.getFirst()).startsWith("wiki/db/1 ended: ");
        assertThat(driver.start(DB, sleeps().log(log(DB)).launch(), words::add)).isInstanceOf(Started.AlreadyRunning.class);
    }

    @Test
    void anInstanceIsSilentWhilePodmanIsAndKnownAgainAfterwards() {
        Path socket = podman.socket();
        var driver = on(socket);
        Run web = start(driver, WEB, sleeps());
        Run db = start(driver, DB, sleeps());
        Process service = podman.services().getLast();
        signal(service.pid(), SIGSTOP);
        eventually(() -> assertThat(heard).containsExactlyInAnyOrder("wiki/web/1 silent", "wiki/db/1 silent"));
        heard.clear();
        signal(db.pid(), 9); // while nobody can ask
        signal(service.pid(), SIGCONT);
        eventually(() -> assertThat(heard).contains("wiki/web/1 answers: Alive", "wiki/db/1 answers: Alive",
                "wiki/db/1 ended: signal 9 (SIGKILL)"));
        assertThat(heard).hasSize(3);
        assertThat(alive(web)).isTrue();
    }

    @Test
    void aDeadPodmanDelaysNoStartOfReeveAndNothingIsForgotten() throws Exception {
        Path socket = podman.socket();
        Run web = start(on(socket), WEB, sleeps());
        Process service = podman.services().getLast();
        signal(service.pid(), SIGSTOP);
        var driver = on(socket);
        Instant begun = time.wall();
        assertThat(driver.adopt()).isEmpty();
        assertThat(Duration.between(begun, time.wall())).isLessThan(Duration.ofSeconds(6));
        assertThat(heard).contains("wiki/web/1 silent");
        heard.clear();
        assertThat(driver.start(DB, sleeps().log(log(DB)).launch(), words::add))
                .isInstanceOfSatisfying(Started.Failed.class, failed -> assertThat(failed.reason()).contains("Podman does not answer"));
        signal(service.pid(), SIGCONT);
        eventually(() -> assertThat(heard).contains("wiki/web/1 answers: Alive"));
        driver.signal(WEB, web, StopSignal.SIGTERM);
        eventually(() -> assertThat(heard).contains("wiki/web/1 ended: signal 15 (SIGTERM)"));
    }

    @Test
    void aNodeThatHasNeverHadAContainerAsksNobody() {
        var driver = on(Path.of("/no/such/socket"));
        assertThat(driver.adopt()).isEmpty();
        driver.forget(WEB);
        assertThat(state.resolve("containers")).doesNotExist();
    }

    @Test
    void withoutPodmanAStartSaysWhatWasTried() {
        var driver = driver(runtime(new ContainerSettings(Optional.empty(), "no-such-podman", Optional.empty())));
        assertThat(refused(driver, WEB, sleeps())).contains("/run/podman/podman.sock", "'no-such-podman system service'", "No such file");
    }

    @Test
    void aServiceThatEndedForWantOfUseIsStartedAgain() {
        var driver = driver();
        Run run = start(driver, WEB, sleeps());
        ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().filter(line -> line.contains(state.toString())
                        && line.contains("system service")).isPresent())
                .forEach(service -> {
                    service.destroyForcibly();
                    service.onExit().join();
                });
        driver.freeze(WEB, run);
        driver.thaw(WEB, run);
        assertThat(alive(run)).isTrue();
    }

    @Test
    @DisplayName("SUP-13 a hung container gets its signals, never a second copy, and delays no other")
    void aHungContainerDelaysNoOther() throws Exception {
        var driver = driver();
        Run hung = start(driver, WEB, sleeps());
        Path freezer = Path.of("/sys/fs/cgroup/freezer/libpod_parent/libpod-" + hung.run(), "freezer.state");
        assertThat(freezer).as("a frozen v1 cgroup: its processes are in state D, and KILL does not reach them").exists();
        Files.writeString(freezer, "FROZEN");
        try {
            CompletableFuture<Void> kill = CompletableFuture.runAsync(() -> driver.signal(WEB, hung, StopSignal.SIGTERM));
            Run other = start(driver, DB, sleeps());
            driver.signal(DB, other, StopSignal.SIGKILL);
            eventually(() -> assertThat(heard).containsExactly("wiki/db/1 ended: signal 9 (SIGKILL)"));
            kill.get(15, TimeUnit.SECONDS);
            assertThat(driver.start(WEB, sleeps().log(log(WEB)).launch(), words::add)).isEqualTo(new Started.AlreadyRunning(hung));
        } finally {
            Files.writeString(freezer, "THAWED");
        }
        eventually(() -> assertThat(heard).contains("wiki/web/1 ended: signal 15 (SIGTERM)"));
    }

    @Test
    @DisplayName("REC-9 a record that cannot be written is a failed start that names the cause, and nothing runs")
    void aStateFolderThatCannotBeWrittenIsAFailedStart() throws IOException {
        var driver = driver();
        Run run = start(driver, DB, sleeps());
        Path records = state.resolve("containers/instances");
        podman.podman("info"); // whatever it makes, it makes before
        Process full = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=1,mode=700", "tmpfs", records.toString())
                .start();
        assertThat(full.onExit().join().exitValue()).isZero();
        try {
            assertThat(refused(driver, WEB, sleeps())).contains("No space left on device");
            assertThat(podman.podman("ps", "--all", "--format", "{{.Names}}")).isEqualTo("wiki-db-1");
            assertThat(alive(run)).isTrue();
        } finally {
            assertThat(new ProcessBuilder("umount", records.toString()).start().onExit().join().exitValue()).isZero();
        }
        assertThat(alive(start(driver, WEB, sleeps()))).isTrue();
    }

    @Test
    void aContainerThatWasMadeAndNeverRunIsRemovedWhenItIsMet() {
        var first = driver();
        Run run = start(first, WEB, sleeps());
        String node = inspect(run.run(), "{{index .Config.Labels \"reeve.node\"}}");
        podman.podman("create", "--name", "wiki-db-1", "--label", "reeve.node=" + node, "--label", "reeve.instance=wiki/db/1",
                "--network", "none", Containers.BOX, "sleep", "600");
        assertThat(driver().adopt()).containsExactly(new Found.Alive(WEB, run, "spec-1", false));
        assertThat(podman.podman("ps", "--all", "--format", "{{.Names}}")).isEqualTo("wiki-web-1");

        podman.podman("create", "--name", "wiki-db-1", "--label", "reeve.node=" + node, "--label", "reeve.instance=wiki/db/1",
                "--network", "none", Containers.BOX, "sleep", "600");
        assertThat(alive(start(first, DB, sleeps()))).isTrue();
    }

    @Test
    void anotherStateFolderHasOtherContainers() {
        Run run = start(driver(), WEB, sleeps());
        var other = new ContainerRuntime(state.resolve("other"), new ContainerSettings(Optional.empty(), podman.program().toString(),
                Optional.empty()), Map.of(), time).driver((_, _, _) -> {});
        try {
            assertThat(other.adopt()).isEmpty();
            assertThat(other.start(WEB, sleeps().log(log(WEB)).launch(), words::add)).isInstanceOf(Started.Conflict.class);
            assertThat(alive(run)).isTrue();
            assertThat(List.of(other.adopt())).containsExactly(List.of());
        } finally {
            other.close();
        }
    }
}
