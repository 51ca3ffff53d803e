package reeve.run.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reeve.base.os.Cgroups;
import reeve.base.os.Controllers;
import reeve.base.os.Limit;
import reeve.model.Exit;
import reeve.model.Resources;
import reeve.model.StopSignal;
import reeve.run.process.Shim.Interpreter;
import reeve.run.supervise.Driver.Found;
import reeve.run.supervise.Driver.Launch;
import reeve.run.supervise.Driver.Run;
import reeve.run.supervise.Driver.Started;

import static org.assertj.core.api.Assertions.assertThat;

/// Limits that the kernel holds, with real programs. `ControllersTest` has cgroup v2, which has no controllers on most machines of ours.
class LimitsTest extends RealProcessTest {
    private static final long MEGABYTE = 1024 * 1024;

    @BeforeEach
    void controllersAreWritable() {
        Cgroups cgroups = Cgroups.find();
        Assumptions.assumeTrue(cgroups.parent().isPresent() && Controllers.find(cgroups).available().size() == Limit.values().length,
                "no cgroup controller can be used here");
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("PROMISE-14 a program that uses more memory than it may is killed, and that is told from a plain KILL")
    void memoryThatRunsOutIsNamed(Interpreter interpreter) {
        ProcessDriver driver = driver(Cgroups.find(), interpreter);
        start(driver, memory(30 * MEGABYTE), "perl", "-e", "my $x = 'x' x 200_000_000; sleep 600");
        eventually(() -> assertThat(exits).containsExactly(new Exit.OutOfMemory()));
        exits.clear();
        Run run = start(driver, memory(30 * MEGABYTE), "sleep", "600");
        driver.signal(WEB, run, StopSignal.SIGKILL);
        eventually(() -> assertThat(exits).containsExactly(new Exit.Signalled(9)));
    }

    @ParameterizedTest
    @EnumSource
    void memoryThatRanOutWhileNoReeveWasThereIsNamedToo(Interpreter interpreter) {
        ProcessDriver driver = driver(Cgroups.find(), interpreter);
        Run run = start(driver, memory(30 * MEGABYTE), "perl", "-e",
                "select undef, undef, undef, 0.02 until -e 'go'; my $x = 'x' x 200_000_000; sleep 600");
        driver.close();
        touch("go");
        eventually(() -> assertThat(runs(run.pid())).isFalse());
        assertThat(driver().adopt()).containsExactly(new Found.Ended(WEB, "spec-1", new Exit.OutOfMemory()));
    }

    @Test
    void aKillByReeveAfterAChildRanOutOfMemoryIsAKill() throws IOException {
        ProcessDriver driver = driver();
        Run run = start(driver, memory(30 * MEGABYTE), "sh", "-c",
                "perl -e 'my $x = q(x) x 200_000_000; sleep 600'; echo $? > child; exec sleep 600");
        assertThat(pidIn("child")).isEqualTo(137);
        driver.signal(WEB, run, StopSignal.SIGKILL);
        eventually(() -> assertThat(exits).containsExactly(new Exit.Signalled(9)));
    }

    @Test
    @DisplayName("PROMISE-14 a fork bomb is held by its limit and ends whole with one KILL, also by the next Reeve")
    void aForkBombIsHeld() throws IOException {
        var limits = new Resources(OptionalLong.empty(), OptionalDouble.empty(), OptionalLong.of(50));
        ProcessDriver first = driver();
        Run run = start(first, limits, "perl", "-e", "while (1) { fork }");
        Path pids = cgroup("pids", run);
        eventually(() -> assertThat(number(pids.resolve("pids.events"), "max")).isPositive());
        assertThat(number(pids.resolve("pids.current"), "")).isLessThanOrEqualTo(50);
        first.close();
        ProcessDriver next = driver();
        assertThat(next.adopt()).containsExactly(new Found.Alive(WEB, run, "spec-1", false));
        assertThat(number(pids.resolve("pids.max"), "")).as("still").isEqualTo(50);
        next.signal(WEB, run, StopSignal.SIGKILL);
        eventually(() -> assertThat(exits).hasSize(1));
        assertThat(pids).as("all of it is gone, and so is its cgroup").doesNotExist();
    }

    @Test
    void aServiceWithoutALimitMayHaveAShareOfTheMachinesProcesses() throws IOException {
        Run run = start(driver(), WEB, "sleep", "600");
        long most = number(cgroup("pids", run).resolve("pids.max"), "");
        assertThat(most).isBetween(100L, 1_000_000L);
    }

    @Test
    void aTwentiethOfAProcessorIsNoMore() throws IOException {
        var limits = new Resources(OptionalLong.empty(), OptionalDouble.of(0.05), OptionalLong.empty());
        Run run = start(driver(), limits, "sh", "-c", "while :; do :; done");
        assertThat(Files.readString(cgroup("cpu", run).resolve("cpu.cfs_quota_us"))).isEqualTo("5000\n");
        eventually(() -> assertThat(number(cgroup("cpu", run).resolve("cpu.stat"), "nr_throttled ")).isPositive());
    }

    @Test
    void whatNothingHoldsIsSaidAndTheServiceRuns() {
        var said = new ArrayList<String>();
        var limits = new Resources(OptionalLong.of(30 * MEGABYTE), OptionalDouble.of(1), OptionalLong.of(64));
        Started started = driver(Cgroups.none(), Interpreter.best()).start(WEB, limited(limits, "sleep", "600"), said::add);
        assertThat(started).isInstanceOf(Started.Ok.class);
        assertThat(said).containsExactlyInAnyOrder(
                "memory is not limited: no cgroup controller 'memory' can be used here",
                "cpus are not limited: no cgroup controller 'cpu' can be used here",
                "processes are limited only together with all others of its user, and not at all for root:"
                        + " no cgroup controller 'pids' can be used here");
    }

    @Test
    void whatARunUsesIsCounted() {
        for (Cgroups cgroups : List.of(Cgroups.find(), Cgroups.none())) {
            exits.clear();
            ProcessDriver driver = driver(cgroups, Interpreter.best());
            Run run = start(driver, memory(300 * MEGABYTE), "perl", "-e",
                    "fork; my $x = 'x' x 20_000_000; 1 until (times)[0] > 0.3; sleep 600");
            eventually(() -> {
                var usage = driver.usage(WEB, run).orElseThrow();
                assertThat(usage.processes()).isEqualTo(2);
                assertThat(usage.memory()).isBetween(40 * MEGABYTE, 120 * MEGABYTE);
                assertThat(usage.cpu()).isBetween(Duration.ofMillis(300), Duration.ofSeconds(20));
            });
            driver.signal(WEB, run, StopSignal.SIGKILL);
            eventually(() -> assertThat(exits).hasSize(1));
            assertThat(driver.usage(WEB, run)).isEmpty();
        }
    }

    private Run start(ProcessDriver driver, Resources limits, String... command) {
        return ((Started.Ok) driver.start(WEB, limited(limits, command), _ -> {})).run();
    }

    private Launch limited(Resources limits, String... command) {
        Launch plain = launch(Map.of(), command);
        return new Launch(plain.work(), plain.environment(), plain.secrets(), plain.confinement(), limits, plain.notification(),
                plain.output(), plain.spec());
    }

    private static Resources memory(long bytes) {
        return new Resources(OptionalLong.of(bytes), OptionalDouble.empty(), OptionalLong.empty());
    }

    private static Path cgroup(String controller, Run run) {
        return Path.of("/sys/fs/cgroup", controller, "reeve", run.run());
    }

    /// The number after a word in a file; after nothing, the file's.
    private static long number(Path file, String word) throws IOException {
        return Files.readAllLines(file).stream().filter(line -> line.startsWith(word))
                .mapToLong(line -> Long.parseLong(line.substring(word.length()).strip())).findFirst().orElseThrow();
    }
}
