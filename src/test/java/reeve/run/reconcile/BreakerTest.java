package reeve.run.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reeve.base.Elapsed;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.run.reconcile.Breaker.Effect;
import reeve.run.reconcile.Breaker.Event;
import reeve.run.reconcile.Breaker.State;

class BreakerTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final List<Effect> effects = new ArrayList<>();
    private State state = State.Closed.CALM;
    private Elapsed now = new Elapsed(0);

    private static InstanceId id(int number) {
        return InstanceId.parse("shop/s" + number + "/1");
    }

    private List<Effect> decide(Event event) {
        Breaker.Step step = Breaker.decide(state, event, now);
        state = step.next();
        effects.addAll(step.effects());
        return step.effects();
    }

    private List<Effect> fell(int number, Duration lived, int running) {
        return decide(new Event.Fell(id(number), lived, "ended with exit code 1", Set.of(), running));
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    /// Fires the timer that was set last.
    private List<Effect> timer() {
        var timer = effects.stream().filter(Effect.SetTimer.class::isInstance).map(Effect.SetTimer.class::cast).toList().getLast();
        pass(timer.delay());
        return decide(new Event.TimerFired(timer.turn()));
    }

    private void open() {
        for (int i = 1; i <= Breaker.SERVICES; i++) {
            fell(i, LONG, 5 - i);
        }
        assertThat(state).isInstanceOf(State.Open.class);
    }

    private static Effect start(int number) {
        return new Effect.Start(id(number));
    }

    @Test
    void restartsGoTheirWayWhileFewFail() {
        for (int i = 1; i < Breaker.SERVICES; i++) {
            assertThat(fell(i, LONG, 0)).isEmpty();
            assertThat(decide(new Event.Due(id(i)))).containsExactly(start(i));
        }
        assertThat(state).isInstanceOf(State.Closed.class);
    }

    @Test
    void manyThatFailAtOnceAreOneIncident() {
        for (int i = 1; i < Breaker.SERVICES; i++) {
            fell(i, LONG, 8 - i);
            pass(Duration.ofSeconds(2));
        }
        assertThat(fell(5, LONG, 3)).satisfiesExactly(
                effect -> assertThat(effect).isInstanceOfSatisfying(Effect.Incident.class, incident -> {
                    assertThat(incident.why()).isEqualTo("5 of 8 services failed within 8s, restarts wait for 1m; suspected: what they "
                            + "share, such as disk, memory, network or DNS; shop/s1/1 failed first");
                    assertThat(incident.facts()).hasSize(5).containsEntry("shop/s5/1", "ended with exit code 1");
                    assertThat(incident.facts().keySet()).startsWith("shop/s1/1");
                }),
                effect -> assertThat(effect).isEqualTo(new Effect.SetTimer(1, Breaker.COOL_OFF)));
        assertThat(fell(6, LONG, 2)).as("one incident").isEmpty();
    }

    @Test
    void thoseWhoAreFewerThanHalfDoNotOpenIt() {
        for (int i = 1; i <= 20; i++) {
            assertThat(fell(i, LONG, 40 - i)).hasSize(i < 20 ? 0 : 2);
        }
    }

    @Test
    void failuresFarApartOfOneServiceOrOfWhatNeverLivedDoNotOpenIt() {
        for (int i = 1; i <= 20; i++) {
            fell(i, LONG, 0);
            pass(Duration.ofSeconds(8));
        }
        pass(Duration.ofMinutes(1));
        for (int i = 1; i <= 20; i++) {
            decide(new Event.Fell(InstanceId.parse("shop/web/" + i), LONG, "ended", Set.of(), 0));
        }
        pass(Duration.ofMinutes(1));
        for (int i = 1; i <= 20; i++) {
            fell(i, Duration.ofSeconds(9), 0);
        }
        assertThat(effects).isEmpty();
        assertThat(state).isInstanceOf(State.Closed.class);
    }

    @Test
    void whileItIsOpenNothingIsRestarted() {
        open();
        assertThat(decide(new Event.Due(id(1)))).isEmpty();
        assertThat(decide(new Event.Due(id(2)))).isEmpty();
        assertThat(decide(new Event.CameUp(id(9)))).isEmpty();
        assertThat(decide(new Event.TimerFired(0))).isEmpty();
        assertThat(timer()).startsWith(start(1)).hasSize(2);
    }

    @Test
    void afterwardsOneIsTriedAtATimeUntilOneLives() {
        open();
        decide(new Event.Due(id(1)));
        decide(new Event.Due(id(2)));
        decide(new Event.Due(id(3)));
        assertThat(timer()).startsWith(start(1));
        assertThat(decide(new Event.Due(id(4)))).isEmpty();
        assertThat(fell(3, LONG, 0)).as("not the trial").isEmpty();
        assertThat(fell(1, Duration.ZERO, 0)).startsWith(start(2));
        assertThat(decide(new Event.CameUp(id(2)))).containsExactly(new Effect.SetTimer(4, Breaker.LIVES));
        assertThat(decide(new Event.CameUp(id(2)))).as("it is up already").isEmpty();
        assertThat(decide(new Event.Due(id(1)))).isEmpty();
        assertThat(timer()).containsExactly(new Effect.Over("shop/s2/1 has lived for 10s again"), start(3), start(4), start(1));
        assertThat(state).isEqualTo(State.Closed.CALM);
    }

    @Test
    void aTrialThatDiesSoonAfterItCameUpIsNoProof() {
        open();
        decide(new Event.Due(id(1)));
        timer();
        decide(new Event.CameUp(id(1)));
        assertThat(fell(1, Duration.ofSeconds(3), 0)).isEmpty();
        assertThat(timer()).as("the timer of a trial that is over").isEmpty();
        assertThat(decide(new Event.Due(id(2)))).startsWith(start(2));
    }

    @Test
    void aTrialThatHangsMakesRoomForTheNext() {
        open();
        decide(new Event.Due(id(1)));
        decide(new Event.Due(id(2)));
        timer();
        assertThat(timer()).startsWith(start(2));
    }

    @Test
    void whoIsStoppedWaitsAndTriesNoMore() {
        open();
        decide(new Event.Due(id(1)));
        decide(new Event.Due(id(2)));
        decide(new Event.Due(id(3)));
        decide(new Event.Left(id(1)));
        assertThat(timer()).startsWith(start(2));
        assertThat(decide(new Event.Left(id(2)))).startsWith(start(3));
        assertThat(decide(new Event.Left(id(3)))).isEmpty();
        assertThat(decide(new Event.Due(id(4)))).startsWith(start(4));
    }

    @Test
    void whatTheyShareIsSuspected() {
        var db = ServiceId.of("shop", "db");
        var falls = new ArrayList<Breaker.Fall>();
        falls.add(new Breaker.Fall(now, InstanceId.parse("shop/db/1"), "ended with signal 9 (KILL)", Set.of()));
        for (int i = 1; i <= 4; i++) {
            falls.add(new Breaker.Fall(now, id(i), i < 3 ? "ended with signal 9 (KILL)" : "unhealthy", Set.of(db)));
        }
        assertThat(Suspects.of(falls)).isEqualTo("shop/db, on which 4 of them depend; memory");
        assertThat(Suspects.of(List.of(new Breaker.Fall(now, id(1), "cannot start it: No space left on device", Set.of()))))
                .isEqualTo("disk");
    }
}
