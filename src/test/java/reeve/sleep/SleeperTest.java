package reeve.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static reeve.sleep.SleepBench.AFTER;
import static reeve.sleep.SleepBench.WAKE_TIMEOUT;
import static reeve.sleep.SleepBench.WEB;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reeve.model.ServiceId;
import reeve.model.SleepKind;
import reeve.model.SleepSpec;
import reeve.sleep.SleepBench.Caller;

class SleeperTest {
    private static final WakeGate.Outcome IS_AWAKE = new WakeGate.Outcome.Awake();
    private static final Duration MOMENT = Duration.ofMillis(100);

    @Test
    void aServiceSleepsOnceNoRequestWasOpenForItsIdleTime() {
        var bench = SleepBench.awake();
        bench.advance(AFTER.minus(MOMENT));
        assertThat(bench.wishes).isEmpty();
        bench.advance(MOMENT.multipliedBy(2));
        assertThat(bench.wishes).containsExactly("asleep");
        assertThat(bench.state()).isEqualTo("falling_asleep");
        bench.see(new Observed.Asleep(SleepKind.FREEZE));
        assertThat(bench.state()).isEqualTo("asleep");
        assertThat(bench.journal).containsExactly("awake", "falling_asleep", "asleep");
    }

    @Test
    @DisplayName("RL-21 RACE-6: an open request keeps it awake however long it lasts, and it sleeps one idle time after the last byte")
    void anOpenRequestIsActivityUntilItCloses() {
        var bench = SleepBench.awake();
        bench.traffic.enter(WEB);
        bench.advance(Duration.ofMinutes(5));
        assertThat(bench.wishes).isEmpty();
        assertThat(bench.inbox.status(WEB).orElseThrow().because()).isEqualTo("1 request is open");
        bench.traffic.leave(WEB);
        bench.advance(AFTER.minus(MOMENT));
        assertThat(bench.wishes).isEmpty();
        bench.advance(MOMENT.multipliedBy(2));
        assertThat(bench.wishes).containsExactly("asleep");
    }

    @Test
    @DisplayName("RACE-7: idle time runs from the last byte, not from the first")
    void idleTimeRunsFromTheLastByte() {
        var bench = SleepBench.awake();
        bench.advance(AFTER.dividedBy(2));
        bench.traffic.enter(WEB);
        bench.traffic.leave(WEB);
        bench.advance(AFTER.minus(MOMENT));
        assertThat(bench.wishes).isEmpty();
        bench.advance(MOMENT.multipliedBy(2));
        assertThat(bench.wishes).containsExactly("asleep");
    }

    @Test
    void itLooksAgainAtTheEarliestPossibleMomentAndNotBefore() {
        var bench = SleepBench.awake();
        bench.traffic.enter(WEB);
        int timers = 0;
        for (Duration passed = Duration.ZERO; passed.compareTo(AFTER.multipliedBy(10)) < 0; timers++) {
            var before = bench.time.elapsed();
            bench.time.advanceToNext();
            bench.settle();
            passed = passed.plus(bench.time.elapsed().since(before));
        }
        assertThat(timers).isLessThanOrEqualTo(10);
    }

    @Test
    @DisplayName("RACE-1: a request while it is falling asleep calls it off and passes at once")
    void aRequestWhileFallingAsleepRevokesIt() {
        var bench = SleepBench.awake();
        bench.time.advance(AFTER);
        bench.settle();
        assertThat(bench.state()).isEqualTo("falling_asleep");
        assertThat(bench.traffic.enter(WEB)).as("held").isFalse();
        Caller caller = bench.request();
        assertThat(caller.answers).containsExactly(IS_AWAKE);
        assertThat(bench.traffic.enter(WEB)).as("passes").isTrue();
        bench.advance(AFTER);
        assertThat(bench.wishes).isEmpty();
    }

    @Test
    @DisplayName("RACE-1: a request while it is being suspended is held, and wakes it as soon as it is asleep")
    void aRequestWhileSuspendingWakesItAfterwards() {
        var bench = SleepBench.awake();
        bench.advance(AFTER.plus(MOMENT));
        Caller caller = bench.request();
        assertThat(caller.answers).isEmpty();
        assertThat(bench.wishes).containsExactly("asleep");
        bench.see(new Observed.Asleep(SleepKind.FREEZE));
        assertThat(bench.wishes).containsExactly("asleep", "running");
        assertThat(caller.answers).isEmpty();
        bench.see(new Observed.Awake());
        assertThat(caller.answers).containsExactly(IS_AWAKE);
        assertThat(bench.traffic.held(WEB)).isFalse();
    }

    @Test
    void whatWasTrueBeforeTheWishArrivedIsPassedOver() {
        var bench = SleepBench.awake();
        bench.advance(AFTER.plus(MOMENT));
        bench.see(new Observed.Awake());
        assertThat(bench.traffic.held(WEB)).isTrue();
        bench.see(new Observed.Asleep(SleepKind.FREEZE));
        Caller caller = bench.request();
        bench.see(new Observed.Asleep(SleepKind.FREEZE));
        assertThat(bench.wishes).containsExactly("asleep", "running");
        assertThat(caller.answers).isEmpty();
    }

    @Test
    @DisplayName("RL-35: a request that came and went while the service was found idle keeps it awake")
    void fallingAsleepIsConditionalOnTheRequestsThatTheDecisionSaw() {
        var bench = SleepBench.awake();
        var sneaky = new Traffic() {
            @Override
            public Activity activity(ServiceId service) {
                return bench.traffic.activity(service);
            }

            @Override
            public boolean hold(ServiceId service) {
                bench.traffic.enter(service);
                bench.traffic.leave(service);
                return bench.traffic.hold(service);
            }

            @Override
            public void release(ServiceId service) {
                bench.traffic.release(service);
            }

            @Override
            public void holdAlways(ServiceId service) {
                bench.traffic.holdAlways(service);
            }
        };
        var sleeper = new Sleeper(bench.inbox, sneaky, bench, bench, bench.time, SleepSettings.DEFAULTS);
        bench.inbox.declared(WEB, SleepBench.SPEC);
        bench.inbox.observed(WEB, new Observed.Awake());
        for (int i = 0; i < 1_000; i++) {
            bench.time.advance(MOMENT);
            while (bench.inbox.mailbox().handleNext(sleeper::handle)) {
                assertThat(bench.wishes).isEmpty();
            }
        }
        assertThat(bench.traffic.held(WEB)).isFalse();
        assertThat(bench.traffic.activity(WEB).opened()).isGreaterThan(3);
    }

    @Test
    @DisplayName("RACE-2: 5,000 requests cause one wake, and each is answered once")
    void manyRequestsCauseOneWake() {
        var bench = SleepBench.asleep();
        List<Caller> callers = IntStream.range(0, 5_000).mapToObj(_ -> bench.requestUnhandled()).toList();
        bench.settle();
        assertThat(bench.wishes).containsExactly("running");
        assertThat(bench.inbox.status(WEB).orElseThrow().waiting()).isEqualTo(5_000);
        bench.see(new Observed.Awake());
        assertThat(callers).allSatisfy(caller -> assertThat(caller.answers).containsExactly(IS_AWAKE));
    }

    @Test
    @DisplayName("RACE-3: a failed wake answers every waiter once; the next wake starts only after the delay; a success clears it")
    void aFailedWakeAnswersEverybodyOnceAndStartsNoStorm() {
        var bench = SleepBench.asleep();
        List<Caller> callers = IntStream.range(0, 50).mapToObj(_ -> bench.request()).toList();
        bench.see(new Observed.WakeFailed("exit code 1", Duration.ofSeconds(4)));
        assertThat(callers).allSatisfy(caller ->
                assertThat(caller.answers).containsExactly(new WakeGate.Outcome.Failed("exit code 1", Duration.ofSeconds(4))));
        bench.advance(Duration.ofSeconds(1));
        for (int i = 0; i < 1_000; i++) {
            assertThat(bench.request().answers).containsExactly(new WakeGate.Outcome.Failed("exit code 1", Duration.ofSeconds(3)));
        }
        assertThat(bench.wishes).containsExactly("running");
        bench.advance(Duration.ofSeconds(3));
        Caller later = bench.request();
        assertThat(bench.wishes).containsExactly("running", "running");
        bench.see(new Observed.Awake());
        assertThat(later.answers).containsExactly(IS_AWAKE);
        assertThat(bench.state()).isEqualTo("awake");
    }

    @Test
    @DisplayName("RACE-4: a request that waits longer than the wake timeout is answered, and the wake goes on for the others")
    void aWaitThatIsTooLongIsAnsweredAndTheWakeGoesOn() {
        var bench = SleepBench.asleep();
        Caller first = bench.request();
        bench.advance(WAKE_TIMEOUT.minusSeconds(1));
        Caller second = bench.request();
        bench.advance(Duration.ofSeconds(2));
        assertThat(first.answers).hasSize(1).first().isInstanceOf(WakeGate.Outcome.TimedOut.class);
        assertThat(second.answers).isEmpty();
        bench.see(new Observed.Awake());
        assertThat(second.answers).containsExactly(IS_AWAKE);
        assertThat(first.answers).hasSize(1);
        assertThat(bench.wishes).containsExactly("running");
    }

    @Test
    @DisplayName("RL-27 RACE-5: a caller that leaves cancels its own wait only")
    void aWakeOutlivesItsCallers() {
        var bench = SleepBench.asleep();
        Caller first = bench.request();
        first.left = true;
        List<Caller> others = IntStream.range(0, 49).mapToObj(_ -> bench.request()).toList();
        bench.see(new Observed.Awake());
        assertThat(first.answers).isEmpty();
        assertThat(others).allSatisfy(caller -> assertThat(caller.answers).containsExactly(IS_AWAKE));
        assertThat(bench.wishes).containsExactly("running");
    }

    @Test
    @DisplayName("RL-32: one request more than the bounds allow is refused at once; one that left makes room")
    void theWaitingRoomIsBounded() {
        var bench = new SleepBench(new SleepSettings(100, 100));
        bench.declare();
        bench.see(new Observed.Asleep(SleepKind.STOP));
        List<Caller> callers = IntStream.range(0, 100).mapToObj(_ -> bench.request()).toList();
        assertThat(bench.request().answers).containsExactly(new WakeGate.Outcome.Refused(SleepPolicy.RETRY_LATER));
        callers.getFirst().left = true;
        bench.advance(Duration.ofSeconds(2));
        assertThat(bench.request().answers).as("takes the place of the one that left").isEmpty();
        assertThat(bench.request().answers).hasSize(1);
        assertThat(bench.wishes).containsExactly("running");
    }

    @Test
    @DisplayName("RL-32: a flood that outruns the loop is refused at the door, and what reconcile sees still gets in")
    void aFloodIsRefusedAtTheDoor() {
        var bench = new SleepBench(new SleepSettings(100, 100));
        bench.declare();
        bench.inbox.observed(WEB, new Observed.Asleep(SleepKind.STOP));
        List<Caller> callers = IntStream.range(0, 10_000).mapToObj(_ -> bench.requestUnhandled()).toList();
        bench.inbox.observed(WEB, new Observed.Awake());
        bench.settle();
        assertThat(callers).allSatisfy(caller -> assertThat(caller.answers).hasSize(1));
        assertThat(callers.stream().filter(caller -> caller.answers.contains(IS_AWAKE))).hasSize(100);
    }

    @Test
    @DisplayName("RACE-11: what was observed beats what was believed: woken from outside, it is awake with a fresh timer")
    void aWakeFromOutsideIsAWake() {
        var bench = SleepBench.asleep();
        bench.see(new Observed.Awake());
        assertThat(bench.state()).isEqualTo("awake");
        assertThat(bench.traffic.held(WEB)).isFalse();
        bench.advance(AFTER.minus(MOMENT));
        assertThat(bench.wishes).isEmpty();
        bench.advance(MOMENT.multipliedBy(2));
        assertThat(bench.wishes).containsExactly("asleep");
    }

    @Test
    @DisplayName("RACE-11: a stop from outside is no sleep: requests do not wake it")
    void aStopFromOutsideIsNoSleep() {
        var bench = SleepBench.asleep();
        bench.see(new Observed.Down("stopped by a user"));
        assertThat(bench.request().answers).containsExactly(new WakeGate.Outcome.Failed("stopped by a user", SleepPolicy.RETRY_LATER));
        assertThat(bench.askWake()).isEqualTo(new Asked.Refused("stopped by a user"));
        assertThat(bench.wishes).isEmpty();
    }

    @Test
    @DisplayName("RACE-9: a new Reeve believes what reconcile found: asleep, it is held; a request that came first wakes it")
    void adoptionBelievesWhatIsFound() {
        var quiet = new SleepBench();
        quiet.declare();
        quiet.see(new Observed.Asleep(SleepKind.FREEZE));
        assertThat(quiet.state()).isEqualTo("asleep");
        assertThat(quiet.traffic.held(WEB)).isTrue();
        assertThat(quiet.wishes).isEmpty();

        var hasty = new SleepBench();
        hasty.declare();
        Caller early = hasty.request();
        hasty.see(new Observed.Asleep(SleepKind.FREEZE));
        assertThat(hasty.wishes).containsExactly("running");
        hasty.see(new Observed.Awake());
        assertThat(early.answers).containsExactly(IS_AWAKE);
    }

    @Test
    @DisplayName("RACE-14: after a wake it stays awake for its whole idle time, even if no request follows")
    void aWakeGivesTheWholeIdleTime() {
        var bench = SleepBench.asleep();
        assertThat(bench.askWake()).isEqualTo(new Asked.Accepted());
        bench.see(new Observed.Awake());
        bench.advance(AFTER.minus(MOMENT));
        assertThat(bench.wishes).containsExactly("running");
        bench.advance(MOMENT.multipliedBy(2));
        assertThat(bench.wishes).containsExactly("running", "asleep");
    }

    @Test
    void aUserPutsItToSleepAtOnceUnlessARequestIsOpen() {
        var bench = SleepBench.awake();
        bench.traffic.enter(WEB);
        bench.traffic.enter(WEB);
        assertThat(bench.askSleep()).isEqualTo(new Asked.Refused("2 requests are open"));
        bench.traffic.leave(WEB);
        bench.traffic.leave(WEB);
        assertThat(bench.askSleep()).isEqualTo(new Asked.Accepted());
        bench.advance(MOMENT);
        assertThat(bench.wishes).containsExactly("asleep");
    }

    @Test
    void aUserWakesItBeforeTheDelayAfterAFailedWakeIsOver() {
        var bench = SleepBench.asleep();
        bench.request();
        bench.see(new Observed.WakeFailed("exit code 1", Duration.ofMinutes(5)));
        assertThat(bench.askWake()).isEqualTo(new Asked.Accepted());
        assertThat(bench.wishes).containsExactly("running", "running");
    }

    @Test
    void whereItCannotBeSuspendedRequestsPassAgainAndItTriesAgainOneIdleTimeLater() {
        var bench = SleepBench.awake();
        bench.advance(AFTER.plus(MOMENT));
        Caller caller = bench.request();
        bench.see(new Observed.SleepFailed("the freezer is busy"));
        assertThat(bench.traffic.held(WEB)).as("nobody has seen it awake yet").isTrue();
        bench.see(new Observed.Awake());
        assertThat(caller.answers).containsExactly(IS_AWAKE);
        assertThat(bench.traffic.held(WEB)).isFalse();
        bench.advance(AFTER.plus(MOMENT));
        assertThat(bench.wishes).containsExactly("asleep", "asleep");
    }

    @Test
    void aShorterIdleTimeCountsAtOnce() {
        var bench = SleepBench.awake();
        bench.advance(Duration.ofSeconds(5));
        bench.inbox.declared(WEB, new SleepSpec.WhenIdle(Duration.ofSeconds(2), SleepKind.STOP, WAKE_TIMEOUT));
        bench.advance(MOMENT);
        assertThat(bench.wishes).containsExactly("asleep");
    }

    @Test
    void aServiceThatIsForgottenAnswersWhoWaitsAndIsUnknownAfterwards() {
        var bench = SleepBench.asleep();
        Caller caller = bench.request();
        bench.inbox.forgotten(WEB);
        bench.settle();
        assertThat(caller.answers).hasSize(1).first().isInstanceOf(WakeGate.Outcome.Failed.class);
        assertThat(bench.inbox.status(WEB)).isEmpty();
        assertThat(bench.request().answers).hasSize(1).first().isInstanceOf(WakeGate.Outcome.Failed.class);
        assertThat(bench.askSleep()).isInstanceOf(Asked.Refused.class);
        bench.advance(Duration.ofMinutes(1));
        assertThat(caller.answers).hasSize(1);
    }

    @Test
    void closingAnswersWhoWaits() {
        var bench = SleepBench.asleep();
        Caller caller = bench.request();
        bench.sleeper.close();
        assertThat(caller.answers).hasSize(1).first().isInstanceOf(WakeGate.Outcome.Failed.class);
        assertThat(bench.requestUnhandled().answers).containsExactly(new WakeGate.Outcome.Refused(SleepPolicy.RETRY_LATER));
    }

    @Test
    @DisplayName("RACE-2: on its own thread, requests from many threads cause one wake")
    void manyThreadsCauseOneWake() throws InterruptedException {
        var bench = SleepBench.asleep();
        bench.sleeper.start();
        var callers = new ConcurrentLinkedQueue<Caller>();
        var threads = IntStream.range(0, 16)
                .mapToObj(_ -> Thread.startVirtualThread(() -> IntStream.range(0, 300).forEach(_ -> callers.add(bench.requestUnhandled()))))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        bench.inbox.observed(WEB, new Observed.Awake());
        Asked asked = bench.inbox.askWake(WEB, "after all the others").join();
        bench.sleeper.close();
        assertThat(asked).isEqualTo(new Asked.Accepted());
        assertThat(bench.wishes).containsExactly("running");
        assertThat(callers).hasSize(4_800).allSatisfy(caller -> assertThat(caller.answers).containsExactly(IS_AWAKE));
    }

    @Test
    void aWaiterThatThrowsDoesNotKeepTheOthersFromTheirAnswer() {
        var bench = SleepBench.asleep();
        bench.inbox.await(WEB, new WakeGate.Waiter() {
            @Override
            public void done(WakeGate.Outcome outcome) {
                throw new IllegalStateException("a broken connection");
            }

            @Override
            public boolean gone() {
                return false;
            }
        });
        Caller second = bench.request();
        bench.see(new Observed.Awake());
        assertThat(second.answers).containsExactly(IS_AWAKE);
    }
}
