package reeve.run.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import reeve.base.Elapsed;
import reeve.base.journal.Journal;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Failures;
import reeve.run.supervise.Goal;
import reeve.run.supervise.Instance;
import reeve.run.supervise.Phase;
import reeve.run.supervise.Tally;
import reeve.testing.MemoryJournal;
import reeve.testing.VirtualTime;

class TellingTest {
    private static final InstanceId WEB = InstanceId.parse("shop/web/1");

    private static final Phase.Live LIVE = new Phase.Live(new Driver.Run("run-1", 4711), "digest", new Elapsed(0));

    private final VirtualTime time = new VirtualTime();
    private final MemoryJournal journal = new MemoryJournal(time);
    private final Telling telling = new Telling(journal, time);
    private Instance now = new Instance(new Phase.Down(InstanceState.STOPPED, ""), new Goal.Rest(InstanceState.STOPPED, "nobody asked"),
            Goal.Order.UNDECLARED, Failures.NONE, 0, 0, Instant.EPOCH, "declared");

    private void becomes(Phase phase, int crashes, int restarts, String why) {
        var next = new Instance(phase, now.goal(), now.order(), new Failures(crashes, 0, 0), restarts, 0, Instant.EPOCH, why);
        telling.changed(WEB, now, next);
        now = next;
    }

    private void launches(int crashes, int restarts) {
        becomes(new Phase.Launching("digest", false), crashes, restarts,
                restarts == 0 ? "declared" : "starting again: " + now.reason().replaceFirst("; starts.*", ""));
    }

    /// It is started for the nth time, and ends at once.
    private void crashes(int number, String why) {
        launches(number - 1, number - 1);
        becomes(new Phase.BackingOff("digest", InstanceState.BACKING_OFF), number, number - 1, why + "; starts again in 3.1s");
    }

    private List<String> told() {
        return journal.read(_ -> true, 10_000).stream().map(entry -> entry.what() + ": " + entry.why()).toList();
    }

    private List<Journal.Entry> entries() {
        return journal.read(_ -> true, 10_000);
    }

    @Test
    void theFirstFallsAreToldInFullAndLaterOnlyRoundNumbers() {
        for (int i = 1; i <= 60; i++) {
            crashes(i, "ended with exit code 1 after 0.0" + i + "s");
        }
        assertThat(told()).hasSize(10 + 3).startsWith("starting: declared",
                "backing_off: ended with exit code 1 after 0.01s; starts again in 3.1s", "starting: starting again")
                .endsWith("backing_off: ended with exit code 1 after 0.05s; starts again in 3.1s; 5 times in a row, told again the 10th",
                        "backing_off: ended with exit code 1 after 0.010s; starts again in 3.1s; 10 times in a row, told again the 20th",
                        "backing_off: ended with exit code 1 after 0.020s; starts again in 3.1s; 20 times in a row, told again the 50th",
                        "backing_off: ended with exit code 1 after 0.050s; starts again in 3.1s; 50 times in a row, told again the 100th");
        assertThat(entries().getLast().facts()).containsEntry("before", "starting").containsEntry("restarts", "49");
    }

    @Test
    void aLoopOfADayTakesAFewLines() {
        for (int i = 1; i <= 2880; i++) {
            crashes(i, i % 2 == 0 ? "ended with exit code 1 after 1.0s" : "ended with exit code 2 after 1.0s");
        }
        assertThat(told()).hasSizeLessThan(30);
    }

    @Test
    void aReasonNotSeenBeforeIsTold() {
        for (int i = 1; i <= 7; i++) {
            crashes(i, "ended with exit code 1 after 0.1s");
        }
        crashes(8, "cannot start it: no such program");
        assertThat(told()).hasSize(11).last().asString().startsWith("backing_off: cannot start it: no such program; starts again");
        for (int i = 9; i < 500; i++) {
            crashes(i, "cannot start it: reason number " + i + " of many");
        }
        assertThat(told()).as("remembered reasons are bounded").hasSizeLessThan(30);
    }

    @Test
    void whatLastsIsToldWhateverCameBefore() {
        for (int i = 1; i <= 7; i++) {
            crashes(i, "ended with exit code 1 after 0.1s");
        }
        int before = told().size();
        launches(7, 7);
        becomes(new Phase.Freezing(LIVE), 7, 7, "no request");
        assertThat(told()).hasSize(before + 1);
        for (int i = 1; i <= 7; i++) {
            crashes(i, "ended with exit code 1 after 0.1s");
        }
        before = told().size();
        launches(7, 7);
        time.advance(Telling.LASTS.minus(Duration.ofMillis(1)));
        assertThat(told()).hasSize(before);
        time.advance(Duration.ofMillis(1));
        assertThat(told()).hasSize(before + 1).last().asString().startsWith("starting: starting again: ended with exit code 1");
    }

    @Test
    void oneThatRanLongEnoughIsToldInFullAgain() {
        for (int i = 1; i <= 7; i++) {
            crashes(i, "ended with exit code 1 after 0.1s");
        }
        int before = told().size();
        becomes(new Phase.Up(LIVE, Tally.NONE, Phase.Fitness.FIT), 7, 7, "started");
        time.advance(Telling.LASTS);
        assertThat(told()).hasSize(before + 1).last().isEqualTo("running: started");
        becomes(new Phase.BackingOff("digest", InstanceState.BACKING_OFF), 8, 7, "ended with exit code 1 after 15s");
        assertThat(told()).as("whoever heard that it runs hears that it does not").hasSize(before + 2);
    }

    @Test
    void aUsersStartAndAnEndForGoodAreTold() {
        for (int i = 1; i <= 7; i++) {
            crashes(i, "ended with exit code 1 after 0.1s");
        }
        int before = told().size();
        becomes(new Phase.Launching("digest", false), 0, 0, "a user asked for it");
        assertThat(told()).hasSize(before + 1).last().isEqualTo("starting: a user asked for it");
        becomes(new Phase.Down(InstanceState.FAILED, "digest"), 1, 0, "gave up");
        assertThat(told()).hasSize(before + 2).last().isEqualTo("failed: gave up");
    }

    @Test
    void aConflictThatStaysIsFoldedToo() {
        for (int i = 1; i <= 50; i++) {
            becomes(new Phase.Launching("digest", false), 0, i - 1, "starting again: its name is taken");
            becomes(new Phase.BackingOff("digest", InstanceState.CONFLICT), 0, i - 1, "its name is taken");
        }
        assertThat(told()).hasSize(13).last().isEqualTo("conflict: its name is taken; 50 times in a row, told again the 100th");
    }

    @Test
    void roundNumbersGrowFurtherApart() {
        assertThat(List.of(5, 9, 10, 49, 50, 500, 999, 1000, 2500)).extracting(Telling::nextRound)
                .containsExactly(10, 10, 20, 50, 100, 1000, 1000, 2000, 3000);
    }
}
