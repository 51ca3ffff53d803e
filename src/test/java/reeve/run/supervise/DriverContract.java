package reeve.run.supervise;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.os.Processes;
import reeve.model.Exit;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.StopSignal;
import reeve.run.supervise.Driver.Found;
import reeve.run.supervise.Driver.Launch;
import reeve.run.supervise.Driver.Run;
import reeve.run.supervise.Driver.Started;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// What [Driver] promises, for every driver.
public abstract class DriverContract {
    protected static final InstanceId WEB = InstanceId.parse("wiki/web/1");
    protected static final InstanceId DB = InstanceId.parse("wiki/db/1");

    @TempDir
    protected Path folder;

    protected final List<End> ends = new CopyOnWriteArrayList<>();
    protected Driver driver;

    public record End(InstanceId id, Run run, Exit exit) {}

    /// A driver over the same world as all before it in this test, as after Reeve's death.
    protected abstract Driver newDriver(Driver.Listener listener);

    /// Ends this driver as kill -9 would: it reports nothing any more.
    protected abstract void crash(Driver driver);

    /// A program that runs until a signal ends it.
    protected abstract List<String> runs();

    /// A program that ends by itself, at once.
    protected abstract List<String> exits(int code);

    /// A program that ignores TERM.
    protected abstract List<String> ignoresTerm();

    /// Returns when that program ignores it: a real one takes a moment to come so far.
    protected void awaitIgnoring(Run run) {}

    /// [#awaitIgnoring] for programs of this machine: `SigIgn` of proc_pid_status(5).
    protected static void awaitIgnoringTerm(long pid) {
        eventually(() -> assertThat(Processes.status(pid, "SigIgn")).matches(mask -> (Long.parseUnsignedLong(mask.strip(), 16)
                >> StopSignal.SIGTERM.number() - 1 & 1) == 1));
    }

    /// What is reported when a program exits by itself with the number of a signal and 128; some runtimes keep only their sum.
    protected Exit exitOf(int code) {
        return new Exit.Code(code);
    }

    /// A program that cannot be run.
    protected abstract List<String> missing();

    /// Signals a program as a stranger would.
    protected abstract void strike(Run run, StopSignal signal);

    protected abstract boolean alive(Run run);

    @BeforeEach
    void firstReeve() {
        driver = newDriver(this::ended);
        assertThat(driver.adopt()).isEmpty();
    }

    @AfterEach
    void leaveNothingBehind() {
        crash(driver);
        driver = newDriver((id, run, exit) -> {});
        for (Found found : driver.adopt()) {
            if (found instanceof Found.Alive(InstanceId id, Run run, String _, boolean _)) {
                driver.signal(id, run, StopSignal.SIGKILL);
                eventually(() -> assertThat(alive(run)).isFalse());
            }
            driver.forget(found.id());
        }
        driver.close();
    }

    protected void ended(InstanceId id, Run run, Exit exit) {
        ends.add(new End(id, run, exit));
    }

    protected void crashAndRestart() {
        crash(driver);
        driver = newDriver(this::ended);
    }

    protected Launch launch(List<String> command) {
        return Launch.process(command, Map.of(), folder, folder.resolve("log"), "spec-1");
    }

    protected Run started(InstanceId id, List<String> command) {
        Started started = driver.start(id, launch(command), _ -> {});
        assertThat(started).isInstanceOf(Started.Ok.class);
        return ((Started.Ok) started).run();
    }

    protected static void eventually(Runnable assertion) {
        Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(5)).untilAsserted(assertion::run);
    }

    private void onlyEnd(InstanceId id, Run run, Exit exit) {
        eventually(() -> assertThat(ends).isNotEmpty());
        assertThat(ends).containsExactly(new End(id, run, exit));
    }

    @Test
    void aStartedProgramRunsAndItsEndIsReportedOnceWithItsExitCode() {
        Run run = started(WEB, runs());
        assertThat(alive(run)).isTrue();
        assertThat(ends).isEmpty();
        driver.signal(WEB, run, StopSignal.SIGTERM);
        onlyEnd(WEB, run, new Exit.Signalled(15));

        ends.clear();
        Run next = started(WEB, exits(3));
        onlyEnd(WEB, next, new Exit.Code(3));
        assertThat(next.run()).isNotEqualTo(run.run());
    }

    @Test
    void anExitCodeIsToldFromTheSignalOfTheSameNumber() {
        onlyEnd(WEB, started(WEB, exits(137)), exitOf(137));
        ends.clear();
        onlyEnd(WEB, started(WEB, exits(143)), exitOf(143));
        ends.clear();
        Run run = started(WEB, runs());
        strike(run, StopSignal.SIGKILL);
        onlyEnd(WEB, run, new Exit.Signalled(9));
    }

    @Test
    void whatCannotBeRunIsAFailureWithItsReasonAndNothingRuns() {
        assertThat(driver.start(WEB, launch(missing()), _ -> {})).isInstanceOfSatisfying(Started.Failed.class, failed ->
                assertThat(failed.reason()).as("what stands after \"cannot start it: \"").isNotBlank().doesNotStartWith("cannot start"));
        crashAndRestart();
        assertThat(driver.adopt()).isEmpty();
        assertThat(ends).isEmpty();
    }

    @Test
    void aSecondStartLeavesTheFirstRunAlone() {
        Run run = started(WEB, runs());
        assertThat(driver.start(WEB, launch(runs()), _ -> {})).isEqualTo(new Started.AlreadyRunning(run));
        assertThat(alive(run)).isTrue();
        driver.signal(WEB, run, StopSignal.SIGKILL);
        onlyEnd(WEB, run, new Exit.Signalled(9));
    }

    @Test
    void aNewReeveAdoptsWhatRunsAndReportsItsEnd() {
        Run web = started(WEB, runs());
        Run db = started(DB, runs());
        crashAndRestart();
        assertThat(driver.adopt())
                .containsExactlyInAnyOrder(new Found.Alive(WEB, web, "spec-1", false), new Found.Alive(DB, db, "spec-1", false));
        assertThat(driver.start(WEB, launch(runs()), _ -> {})).isEqualTo(new Started.AlreadyRunning(web));
        driver.signal(WEB, web, StopSignal.SIGTERM);
        onlyEnd(WEB, web, new Exit.Signalled(15));
        assertThat(alive(db)).isTrue();
    }

    @Test
    void aNewReeveLearnsHowAProgramEndedThatEndedMeanwhile() {
        Run web = started(WEB, runs());
        Run db = started(DB, exits(143));
        onlyEnd(DB, db, exitOf(143));
        crash(driver);
        ends.clear();
        strike(web, StopSignal.SIGKILL);
        eventually(() -> assertThat(alive(web)).isFalse());
        driver = newDriver(this::ended);
        assertThat(driver.adopt())
                .containsExactlyInAnyOrder(
                        new Found.Ended(WEB, "spec-1", new Exit.Signalled(9)), new Found.Ended(DB, "spec-1", exitOf(143)));
        assertThat(ends).isEmpty();
    }

    @Test
    void aSuspendedProgramIsAdoptedAsSuspendedAndRunsOnAfterItsThaw() {
        Run run = started(WEB, runs());
        driver.freeze(WEB, run);
        crashAndRestart();
        assertThat(driver.adopt()).containsExactly(new Found.Alive(WEB, run, "spec-1", true));
        driver.thaw(WEB, run);
        driver.thaw(WEB, run);
        crashAndRestart();
        assertThat(driver.adopt()).containsExactly(new Found.Alive(WEB, run, "spec-1", false));
    }

    @Test
    void aSuspendedProgramGetsItsStopSignalAtTheLatestWhenItIsThawed() {
        Run run = started(WEB, runs());
        driver.freeze(WEB, run);
        driver.signal(WEB, run, StopSignal.SIGTERM); // a v2 freezer lets a deadly signal through at once
        driver.thaw(WEB, run);
        onlyEnd(WEB, run, new Exit.Signalled(15));
    }

    @Test
    void aKillReachesASuspendedProgram() {
        Run run = started(WEB, runs());
        driver.freeze(WEB, run);
        driver.signal(WEB, run, StopSignal.SIGKILL);
        onlyEnd(WEB, run, new Exit.Signalled(9));
    }

    @Test
    void aProgramThatIgnoresTermRunsOnUntilTheKill() {
        Run run = started(WEB, ignoresTerm());
        awaitIgnoring(run);
        driver.signal(WEB, run, StopSignal.SIGTERM);
        driver.signal(WEB, run, StopSignal.SIGTERM);
        assertThat(alive(run)).isTrue();
        driver.signal(WEB, run, StopSignal.SIGKILL);
        onlyEnd(WEB, run, new Exit.Signalled(9));
    }

    @Test
    void whatIsGoneIsNeitherSignalledNorThawedAndCannotBeFrozen() {
        Run run = started(WEB, exits(0));
        onlyEnd(WEB, run, new Exit.Code(0));
        assertThatCode(() -> {
            driver.signal(WEB, run, StopSignal.SIGKILL);
            driver.thaw(WEB, run);
        }).doesNotThrowAnyException();
        assertThatThrownBy(() -> driver.freeze(WEB, run)).isInstanceOf(Failure.class).hasMessageStartingWith("cannot ");
        Run next = started(WEB, runs());
        driver.signal(WEB, run, StopSignal.SIGKILL);
        assertThat(alive(next)).as("a signal for an old run does not reach a new one").isTrue();
    }

    @Test
    void aForgottenInstanceIsNotFoundAgain() {
        Run run = started(WEB, exits(0));
        onlyEnd(WEB, run, new Exit.Code(0));
        driver.forget(WEB);
        driver.forget(WEB);
        crashAndRestart();
        assertThat(driver.adopt()).isEmpty();
    }
}
