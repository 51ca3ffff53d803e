package reeve.run.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reeve.run.boot.BootState.Effect;
import reeve.run.boot.BootState.Event;
import reeve.testing.VirtualTime;

/// The rhythm, in virtual time: looks and passes take as long as a test says.
class BootPolicyTest {
    private final VirtualTime time = new VirtualTime();
    private final long began = time.nanos();
    private final List<Long> looks = new ArrayList<>();
    private final List<Long> passes = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private Duration recoversAfter = Duration.ZERO;
    private Duration passTakes = Duration.ZERO;
    private BootState state = new BootState.Waiting(time.elapsed());

    private void on(Event event) {
        BootState.Step step = BootPolicy.decide(state, event, time.now());
        state = step.next();
        step.effects().forEach(this::carryOut);
    }

    private void carryOut(Effect effect) {
        switch (effect) {
            case Effect.Look() -> {
                looks.add(second());
                boolean over = time.nanos() - began >= recoversAfter.toNanos();
                time.after(Duration.ZERO, () -> on(new Event.Looked(over ? "" : "the disk")));
            }
            case Effect.Pass() -> {
                passes.add(second());
                time.after(passTakes, () -> on(new Event.PassEnded()));
            }
            case Effect.SetTimer(Duration delay) -> time.after(delay, () -> on(new Event.TimerFired()));
            case Effect.TellWaiting(String pending) -> told.add("waits for " + pending);
            case Effect.TellGaveUp(String pending) -> told.add("gave up on " + pending);
            case Effect.TellLeftEarly() -> told.add("left early");
        }
    }

    private long second() {
        return Duration.ofNanos(time.nanos() - began).toSeconds();
    }

    private void runFor(Duration duration) {
        on(new Event.Began());
        time.advance(duration);
    }

    @Test
    @DisplayName("REC-1: recovery that ends after 12 s lets the first pass begin at the look after 15 s")
    void recoveryIsPolledEveryFiveSeconds() {
        recoversAfter = Duration.ofSeconds(12);
        runFor(Duration.ofSeconds(16));
        assertThat(looks).containsExactly(0L, 5L, 10L, 15L);
        assertThat(passes).containsExactly(15L);
    }

    @Test
    @DisplayName("REC-2: recovery that never ends is waited for strictly longer than 1800 s, then passes begin with one warning")
    void recoveryIsWaitedForNoLongerThanHalfAnHour() {
        recoversAfter = Duration.ofDays(1);
        runFor(Duration.ofSeconds(1804));
        assertThat(passes).isEmpty();
        time.advance(Duration.ofSeconds(2));
        assertThat(passes).containsExactly(1805L);
        time.advance(Duration.ofMinutes(10));
        assertThat(told).filteredOn(line -> line.startsWith("gave up")).containsExactly("gave up on the disk");
    }

    @Test
    @DisplayName("REC-3: a shutdown during the wait ends the loop at once, without a pass")
    void aShutdownDuringTheWaitEndsItAtOnce() {
        recoversAfter = Duration.ofDays(1);
        runFor(Duration.ofSeconds(7));
        on(new Event.ShutdownAsked());
        assertThat(state).isInstanceOf(BootState.Ended.class);
        assertThat(told).endsWith("left early");
        time.advance(Duration.ofHours(1));
        assertThat(passes).isEmpty();
        assertThat(looks).containsExactly(0L, 5L);
    }

    @Test
    @DisplayName("REC-4: with nothing pending the first pass is immediate, and the only one until the interval is over")
    void theFirstPassIsImmediate() {
        runFor(Duration.ofSeconds(29));
        assertThat(passes).containsExactly(0L);
        assertThat(told).isEmpty();
    }

    @Test
    @DisplayName("REC-5: passes of 20 s begin at 0, 50 and 100: the interval is counted from the end of the one before")
    void theIntervalIsCountedFromTheEndOfAPass() {
        passTakes = Duration.ofSeconds(20);
        runFor(Duration.ofSeconds(110));
        assertThat(passes).containsExactly(0L, 50L, 100L);
    }

    @Test
    @DisplayName("REC-6: a shutdown between passes ends the loop at once")
    void aShutdownBetweenPassesEndsTheLoop() {
        runFor(Duration.ofSeconds(10));
        on(new Event.ShutdownAsked());
        assertThat(state).isInstanceOf(BootState.Ended.class);
        time.advance(Duration.ofMinutes(5));
        assertThat(passes).containsExactly(0L);
    }

    @Test
    @DisplayName("REC-7: a shutdown during a pass lets it finish; no other follows, also where one was asked for")
    void aShutdownDuringAPassLetsItFinish() {
        passTakes = Duration.ofSeconds(20);
        runFor(Duration.ofSeconds(5));
        on(new Event.PassAsked());
        on(new Event.ShutdownAsked());
        on(new Event.PassAsked());
        assertThat(state).isInstanceOf(BootState.Passing.class);
        time.advance(Duration.ofMinutes(5));
        assertThat(state).isInstanceOf(BootState.Ended.class);
        assertThat(passes).containsExactly(0L);
    }

    @Test
    void aPassThatIsAskedForBeginsAtOnceOrAfterTheOneThatRuns() {
        passTakes = Duration.ofSeconds(4);
        runFor(Duration.ofSeconds(10));
        on(new Event.PassAsked());
        time.advance(Duration.ofSeconds(1));
        on(new Event.PassAsked());
        on(new Event.PassAsked());
        time.advance(Duration.ofSeconds(37)); // the timer that was set after the first pass fires at 34 and means nothing
        assertThat(passes).containsExactly(0L, 10L, 14L, 48L);
    }

    @Test
    void whatIsAskedForDuringTheWaitWaits() {
        recoversAfter = Duration.ofSeconds(3);
        runFor(Duration.ofSeconds(1));
        on(new Event.PassAsked());
        time.advance(Duration.ofSeconds(1));
        assertThat(passes).isEmpty();
    }
}
