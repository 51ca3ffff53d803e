package reeve.run.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reeve.base.os.Cgroups;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.model.LogRotation;
import reeve.model.StopSignal;
import reeve.run.supervise.Driver.Launch;
import reeve.run.supervise.Driver.Output;
import reeve.run.supervise.Driver.Run;
import reeve.run.supervise.Driver.Started;
import reeve.testing.NeedsRoot;

import static org.assertj.core.api.Assertions.assertThat;

/// Programs that misbehave, and others beside them that must not notice. Fork bombs and memory: `LimitsTest`; floods of output: `LogsTest`.
class HostileTest extends RealProcessTest {
    private static final InstanceId OTHER = InstanceId.parse("wiki/other/1");

    @Test
    @DisplayName("PROMISE-14 a program that closed its output is watched and stopped like any other")
    void closedOutputDoesNotMatter() {
        ProcessDriver driver = driver();
        Run run = start(driver, WEB, "sh", "-c", "exec >&- 2>&-; echo $$ > closed; exec sleep 600");
        assertThat(pidIn("closed")).isEqualTo(run.pid());
        driver.signal(WEB, run, StopSignal.SIGTERM);
        eventually(() -> assertThat(exits).containsExactly(new Exit.Signalled(15)));
    }

    @Test
    @NeedsRoot
    @DisplayName("PROMISE-14 a program that no signal reaches holds up nobody, and its end is noticed when it comes")
    void anUnkillableProgramHoldsUpNobody() throws IOException {
        Path freezer = Path.of("/sys/fs/cgroup/freezer");
        Assumptions.assumeTrue(Files.isWritable(freezer.resolve("cgroup.procs")), "no v1 freezer to make a process unkillable with");
        Path stuck = Files.createDirectory(freezer.resolve("reeve-test-" + state.getFileName()));
        ProcessDriver driver = driver(Cgroups.none(), Shim.Interpreter.best());
        Run run = start(driver, WEB, "sleep", "600");
        Files.writeString(stuck.resolve("cgroup.procs"), Long.toString(run.pid()));
        Files.writeString(stuck.resolve("freezer.state"), "FROZEN");
        try {
            driver.signal(WEB, run, StopSignal.SIGTERM);
            var before = time.elapsed();
            Thread kill = Thread.ofVirtual().start(() -> driver.signal(WEB, run, StopSignal.SIGKILL)); // as a lane does
            Run other = start(driver, OTHER, "sleep", "600");
            driver.signal(OTHER, other, StopSignal.SIGTERM);
            eventually(() -> assertThat(exits).containsExactly(new Exit.Signalled(15)));
            assertThat(time.elapsed().since(before)).isLessThan(Duration.ofSeconds(5));
            kill.join(Duration.ofSeconds(5));
            assertThat(kill.isAlive()).as("the kill gives up after its bound").isFalse();
            assertThat(runs(run.pid())).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            Files.writeString(stuck.resolve("freezer.state"), "THAWED");
        }
        eventually(() -> assertThat(exits).as("by one of its signals").hasSize(2));
        eventually(() -> Files.deleteIfExists(stuck));
    }

    @Test
    @NeedsRoot
    @DisplayName("PROMISE-14 where the disk of the logs is full the service runs on, and its log is cut when it is due")
    void aFullDiskOfLogsStopsNobody() throws Exception {
        Path small = Files.createDirectory(state.resolve("small"));
        var mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", small.toString());
        assertThat(mount.start().waitFor()).isZero();
        try {
            ProcessDriver driver = driver();
            String floods = "dd if=/dev/zero bs=64k count=32; echo $? > full; exec sleep 600";
            Launch plain = launch(Map.of(), "sh", "-c", floods);
            Launch onSmall = new Launch(plain.work(), plain.environment(), plain.secrets(), plain.confinement(), plain.resources(),
                    plain.notification(),
                    new Output(small.resolve("log"), new LogRotation(700 * 1024, 3, Duration.ofDays(1))), plain.spec());
            Run run = ((Started.Ok) driver.start(WEB, onSmall, _ -> {})).run();
            eventually(() -> assertThat(state.resolve("full")).hasContent("1"));
            Run other = start(driver, OTHER, "sleep", "600");
            assertThat(runs(run.pid())).isTrue();
            eventually(() -> assertThat(small.resolve("log")).as("cut, though there was no room for a copy").isEmptyFile());
            for (var each : List.of(Map.entry(WEB, run), Map.entry(OTHER, other))) {
                driver.signal(each.getKey(), each.getValue(), StopSignal.SIGTERM);
            }
            eventually(() -> assertThat(exits).hasSize(2));
        } finally {
            assertThat(new ProcessBuilder("umount", "-l", small.toString()).start().waitFor()).isZero();
        }
    }
}
