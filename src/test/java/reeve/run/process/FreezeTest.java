package reeve.run.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reeve.base.os.Cgroups;
import reeve.base.os.Processes;
import reeve.model.Exit;
import reeve.model.StopSignal;
import reeve.run.supervise.Driver.Run;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Each way of suspending that this machine has: a v2 cgroup, a v1 freezer cgroup, signals.
class FreezeTest extends RealProcessTest {
    private static final String BUSY = "sh -c 'while :; do :; done' & while :; do :; done";

    record Way(String name, Cgroups cgroups) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Way> ways() {
        return Stream.of(
                new Way("v2", first("/sys/fs/cgroup/unified", "/sys/fs/cgroup")),
                new Way("v1", first("/sys/fs/cgroup/freezer")),
                new Way("signals", Cgroups.none()));
    }

    private static Cgroups first(String... roots) {
        return Cgroups.within(Stream.of(roots).map(Path::of).filter(Files::isDirectory).toList());
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aFrozenGroupGetsNoProcessorTimeAndGoesOnAfterTheThaw(Way way) throws IOException {
        ProcessDriver driver = driver(way);
        Run run = start(driver, WEB, "sh", "-c", BUSY);
        assertRuns(run);
        driver.freeze(WEB, run);
        long then = ticks(run);
        await().during(ofMillis(300)).atMost(Duration.ofSeconds(2)).until(() -> ticks(run) == then);
        driver.thaw(WEB, run);
        assertRuns(run);
        driver.signal(WEB, run, StopSignal.SIGKILL);
        eventually(() -> assertThat(exits).containsExactly(new Exit.Signalled(9)));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aFrozenGroupIsKilledWhole(Way way) throws IOException {
        ProcessDriver driver = driver(way);
        Run run = start(driver, WEB, "sh", "-c", "sh -c 'echo $$ > child; exec sleep 600' & wait");
        long child = pidIn("child");
        driver.freeze(WEB, run);
        driver.signal(WEB, run, StopSignal.SIGKILL);
        eventually(() -> {
            assertThat(runs(run.pid()) || runs(child)).isFalse();
            assertThat(exits).containsExactly(new Exit.Signalled(9));
        });
    }

    private ProcessDriver driver(Way way) {
        Assumptions.assumeTrue(way.cgroups.parent().isPresent() || way.name.equals("signals"), "cgroup " + way + " is not writable here");
        return driver(way.cgroups, Shim.Interpreter.best());
    }

    private static void assertRuns(Run run) throws IOException {
        long then = ticks(run);
        eventually(() -> assertThat(ticks(run)).isGreaterThan(then));
    }

    /// Processor time of the program and its children, in clock ticks.
    private static long ticks(Run run) throws IOException {
        long sum = 0;
        for (var process : Processes.all(facts -> facts.session() == run.pid())) {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            sum += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
        return sum;
    }
}
