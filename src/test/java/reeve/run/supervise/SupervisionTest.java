package reeve.run.supervise;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reeve.base.Elapsed;
import reeve.base.Now;
import reeve.model.Exit;
import reeve.model.Healthcheck;
import reeve.model.InstanceState;
import reeve.model.RestartPolicy;
import reeve.model.SleepKind;
import reeve.model.StartLimits;
import reeve.model.StopSignal;

import static org.assertj.core.api.Assertions.assertThat;

class SupervisionTest {
    private static final Driver.Run RUN = new Driver.Run("run-1", 4711);
    private static final Driver.Run SECOND = new Driver.Run("run-2", 4712);
    private static final Goal.Rest STOPPED = new Goal.Rest(InstanceState.STOPPED, "stopped by a user");

    private long nanos = 1_000_000_000L;
    private Instance instance = Instance.unseen(new Goal.Rest(InstanceState.STOPPED, "not declared"), now().wall());
    private final List<Effect> effects = new ArrayList<>();

    private Now now() {
        return new Now(Instant.parse("2026-01-05T08:00:00Z").plusNanos(nanos), new Elapsed(nanos));
    }

    private SupervisionTest on(Event event) {
        effects.clear();
        Step step = Supervision.decide(instance, event, now(), 0);
        instance = step.next();
        effects.addAll(step.effects());
        return this;
    }

    private SupervisionTest after(Duration duration) {
        nanos += duration.toNanos();
        return this;
    }

    private SupervisionTest timer() {
        return on(new Event.TimerFired(instance.turn()));
    }

    private void shows(InstanceState state) {
        assertThat(instance.shown()).isEqualTo(state);
    }

    private static Goal.Order order(String spec, RestartPolicy restart, Healthcheck check) {
        return new Goal.Order(spec, restart, StopSignal.SIGTERM, Duration.ofSeconds(5), check);
    }

    private static Goal.Order plain(String spec) {
        return order(spec, new RestartPolicy.Always(), Healthcheck.of(new Healthcheck.None()));
    }

    private static Goal.Order probed(String spec) {
        return order(spec, new RestartPolicy.Always(), Healthcheck.of(new Healthcheck.Tcp()));
    }

    private SupervisionTest wantRunning(Goal.Order order) {
        return on(new Event.Wanted(new Goal.Run(order), "declared"));
    }

    private SupervisionTest running(Goal.Order order) {
        wantRunning(order).on(new Event.Started(RUN));
        return order.healthcheck().present() ? on(new Event.ProbePassed(RUN)) : this;
    }

    @Test
    void aDeclaredInstanceIsStartedAndRunsAtOnceWhereNothingIsProbed() {
        wantRunning(plain("a"));
        assertThat(effects).containsExactly(new Effect.Start("a"));
        shows(InstanceState.STARTING);
        on(new Event.Started(RUN));
        assertThat(effects).isEmpty();
        shows(InstanceState.RUNNING);
    }

    @Test
    void aProbedInstanceRunsOnlyAfterItsFirstGoodProbe() {
        wantRunning(probed("a")).on(new Event.Started(RUN));
        assertThat(effects).containsExactly(new Effect.Watch(RUN));
        shows(InstanceState.STARTING);
        on(new Event.ProbeFailed(RUN, "refused"));
        shows(InstanceState.STARTING);
        after(Duration.ofMillis(300)).on(new Event.ProbePassed(RUN));
        shows(InstanceState.RUNNING);
        assertThat(instance.reason()).isEqualTo("healthy after 0.3s");
    }

    @Test
    void failuresWithinTheStartPeriodDoNotCountAndThoseAfterItRestartTheInstance() {
        wantRunning(probed("a")).on(new Event.Started(RUN));
        for (int i = 0; i < 10; i++) {
            on(new Event.ProbeFailed(RUN, "refused"));
        }
        shows(InstanceState.STARTING);
        after(Healthcheck.DEFAULT_START_PERIOD);
        on(new Event.ProbeFailed(RUN, "refused")).on(new Event.ProbeFailed(RUN, "refused"));
        shows(InstanceState.STARTING);
        on(new Event.ProbeFailed(RUN, "refused"));
        shows(InstanceState.REPLACING);
        assertThat(effects).contains(new Effect.Signal(RUN, StopSignal.SIGTERM));
        assertThat(instance.reason()).contains("refused");
        on(new Event.Ended(RUN, new Exit.Signalled(15)));
        shows(InstanceState.BACKING_OFF);
    }

    @Test
    void aCrashIsFollowedByAnotherStartWithoutAStop_SUP_16() {
        running(plain("a")).after(Duration.ofSeconds(20)).on(new Event.Ended(RUN, new Exit.Signalled(9)));
        shows(InstanceState.BACKING_OFF);
        assertThat(instance.reason()).isEqualTo("ended with signal 9 (SIGKILL) after 20s; starts again in 0.2s");
        assertThat(effects).containsExactly(new Effect.Unwatch(RUN), new Effect.SetTimer(instance.turn(), Duration.ofMillis(200)));
        timer();
        assertThat(effects).containsExactly(new Effect.Start("a"));
        assertThat(instance.restarts()).isEqualTo(1);
    }

    @Test
    void backOffDoublesWhileRunsAreShortAndBeginsAnewAfterALongOne() {
        wantRunning(plain("a"));
        var delays = new ArrayList<Duration>();
        for (int i = 0; i < 10; i++) {
            on(new Event.Started(RUN)).on(new Event.Ended(RUN, new Exit.Code(1)));
            delays.add(effects.stream().filter(Effect.SetTimer.class::isInstance).map(e -> ((Effect.SetTimer) e).delay()).findFirst()
                    .orElseThrow());
            timer();
        }
        assertThat(delays).startsWith(Duration.ofMillis(200), Duration.ofMillis(400), Duration.ofMillis(800))
                .endsWith(Duration.ofSeconds(30));
        on(new Event.Started(RUN)).after(StartLimits.DEFAULT_WINDOW).on(new Event.Ended(RUN, new Exit.Code(1)));
        assertThat(effects).contains(new Effect.SetTimer(instance.turn(), Duration.ofMillis(200)));
    }

    @Test
    void aLateTimerMeansNothing() {
        running(plain("a")).on(new Event.Ended(RUN, new Exit.Code(1)));
        long late = instance.turn();
        timer().on(new Event.Started(SECOND)).on(new Event.Ended(SECOND, new Exit.Code(1)));
        Instance before = instance;
        on(new Event.TimerFired(late));
        assertThat(instance).isEqualTo(before);
        assertThat(effects).isEmpty();
    }

    @Test
    void aOneShotIsDoneAfterSuccessAndFailedOtherwiseAndStartsAgainOnlyWhenAskedOrChanged() {
        var once = order("a", new RestartPolicy.Never(), Healthcheck.of(new Healthcheck.None()));
        running(once).on(new Event.Ended(RUN, new Exit.Code(0)));
        shows(InstanceState.DONE);
        wantRunning(once);
        shows(InstanceState.DONE);
        on(new Event.Reset());
        assertThat(effects).containsExactly(new Effect.Start("a"));
        on(new Event.Started(SECOND)).on(new Event.Ended(SECOND, new Exit.Code(3)));
        shows(InstanceState.FAILED);
        assertThat(instance.reason()).contains("exit code 3");
        wantRunning(order("b", new RestartPolicy.Never(), Healthcheck.of(new Healthcheck.None())));
        assertThat(effects).containsExactly(new Effect.Start("b"));
    }

    @Test
    void onFailureGivesUpAfterItsLimitAndAResetTriesAfresh() {
        var twice = order("a", new RestartPolicy.OnFailure(2), Healthcheck.of(new Healthcheck.None()));
        wantRunning(twice);
        for (int i = 0; i < 2; i++) {
            on(new Event.Started(RUN)).on(new Event.Ended(RUN, new Exit.Code(1)));
            shows(InstanceState.BACKING_OFF);
            timer();
        }
        on(new Event.Started(RUN)).on(new Event.Ended(RUN, new Exit.Code(1)));
        shows(InstanceState.FAILED);
        assertThat(instance.reason()).endsWith("gave up after 2 attempts");
        on(new Event.Reset());
        assertThat(effects).containsExactly(new Effect.Start("a"));
        assertThat(instance.restarts()).isZero();
    }

    @Test
    void aStopIsTermThenAfterTheGraceKillThenKillAgain_SUP_14() {
        running(plain("a")).on(new Event.Wanted(STOPPED, "stopped by a user"));
        shows(InstanceState.STOPPING);
        assertThat(effects).containsExactly(
                new Effect.Unwatch(RUN), new Effect.Signal(RUN, StopSignal.SIGTERM),
                        new Effect.SetTimer(instance.turn(), Duration.ofSeconds(5)));
        timer();
        assertThat(effects).containsExactly(new Effect.Signal(RUN, StopSignal.SIGKILL),
                new Effect.SetTimer(instance.turn(), Supervision.KILL_LIMIT));
        timer();
        assertThat(effects).contains(new Effect.Signal(RUN, StopSignal.SIGKILL));
        assertThat(instance.reason()).startsWith("does not end");
        shows(InstanceState.STOPPING);
        on(new Event.Ended(RUN, new Exit.Signalled(9)));
        shows(InstanceState.STOPPED);
        assertThat(instance.reason()).isEqualTo("stopped by a user");
    }

    @Test
    void aStopByAUserIsNoCrash() {
        running(plain("a")).on(new Event.Wanted(STOPPED, "stopped by a user")).on(new Event.Ended(RUN, new Exit.Code(1)));
        assertThat(effects).doesNotHaveAnyElementsOfTypes(Effect.SetTimer.class, Effect.Start.class);
        assertThat(instance.failures()).isEqualTo(Failures.NONE);
    }

    @Test
    void aChangedOrderReplacesTheRunAndStartsTheNewOneOnlyAfterTheOldEnded_SUP_13() {
        running(plain("a")).on(new Event.Wanted(new Goal.Run(plain("b")), "command changed"));
        shows(InstanceState.REPLACING);
        assertThat(effects).doesNotHaveAnyElementsOfTypes(Effect.Start.class);
        timer();
        assertThat(effects).doesNotHaveAnyElementsOfTypes(Effect.Start.class);
        on(new Event.Ended(RUN, new Exit.Signalled(9)));
        assertThat(effects).endsWith(new Effect.Start("b"));
        assertThat(instance.reason()).contains("did not end within 5s, killed");
    }

    @Test
    void anEndOfAnotherRunIsIgnored() {
        running(plain("a")).on(new Event.Ended(SECOND, new Exit.Code(1)));
        shows(InstanceState.RUNNING);
    }

    @Test
    void anUnhealthyInstanceGetsAChanceToRecoverBeforeItIsRestarted() {
        running(probed("a"));
        for (int i = 0; i < 3; i++) {
            on(new Event.ProbeFailed(RUN, "status 500"));
        }
        shows(InstanceState.UNHEALTHY);
        on(new Event.ProbePassed(RUN));
        shows(InstanceState.RUNNING);
        for (int i = 0; i < 3; i++) {
            on(new Event.ProbeFailed(RUN, "status 500"));
        }
        timer();
        shows(InstanceState.REPLACING);
        on(new Event.Ended(RUN, new Exit.Signalled(15)));
        shows(InstanceState.BACKING_OFF);
        assertThat(instance.reason()).contains("status 500");
    }

    @Test
    void freezeAndThawKeepTheRunAndProbeItAgainBeforeItCounts() {
        running(probed("a")).on(new Event.Wanted(new Goal.Sleep(SleepKind.FREEZE, probed("a")), "idle for 10s"));
        shows(InstanceState.FALLING_ASLEEP);
        assertThat(effects).containsExactly(new Effect.Unwatch(RUN), new Effect.Freeze(RUN));
        on(new Event.FreezeDone(RUN));
        shows(InstanceState.ASLEEP);
        wantRunning(probed("a"));
        shows(InstanceState.WAKING);
        assertThat(effects).containsExactly(new Effect.Thaw(RUN));
        on(new Event.ThawDone(RUN));
        shows(InstanceState.WAKING);
        assertThat(effects).containsExactly(new Effect.Watch(RUN));
        on(new Event.ProbePassed(RUN));
        shows(InstanceState.RUNNING);
        assertThat(instance.restarts()).isZero();
    }

    @Test
    void aWakeThatIsWantedWhileItFreezesFollowsTheFreeze() {
        running(probed("a")).on(new Event.Wanted(new Goal.Sleep(SleepKind.FREEZE, probed("a")), "idle"));
        wantRunning(probed("a"));
        assertThat(effects).isEmpty();
        on(new Event.FreezeDone(RUN));
        assertThat(effects).containsExactly(new Effect.Thaw(RUN));
    }

    @Test
    void aFreezeThatFailsLeavesItRunningAndIsNotTriedAgainByItself() {
        running(probed("a")).on(new Event.Wanted(new Goal.Sleep(SleepKind.FREEZE, probed("a")), "idle"))
                .on(new Event.FreezeFailed(RUN, "no cgroup"));
        shows(InstanceState.RUNNING);
        assertThat(effects).containsExactly(new Effect.Watch(RUN));
        assertThat(instance.reason()).contains("no cgroup");
    }

    @Test
    void sleepByStopEndsTheRunAndAWakeStartsItAgain() {
        running(probed("a")).on(new Event.Wanted(new Goal.Sleep(SleepKind.STOP, probed("a")), "idle"));
        shows(InstanceState.FALLING_ASLEEP);
        on(new Event.Ended(RUN, new Exit.Signalled(15)));
        shows(InstanceState.ASLEEP);
        wantRunning(probed("a"));
        shows(InstanceState.WAKING);
        assertThat(effects).containsExactly(new Effect.Start("a"));
        on(new Event.Started(SECOND)).on(new Event.ProbePassed(SECOND));
        assertThat(instance.reason()).startsWith("awake and healthy");
    }

    @Test
    void aFrozenInstanceIsToldToEndBeforeItGoesOn() {
        running(plain("a")).on(new Event.Wanted(new Goal.Sleep(SleepKind.FREEZE, plain("a")), "idle")).on(new Event.FreezeDone(RUN));
        on(new Event.Wanted(STOPPED, "stopped by a user"));
        assertThat(effects).startsWith(new Effect.Unwatch(RUN), new Effect.Signal(RUN, StopSignal.SIGTERM), new Effect.Thaw(RUN));
    }

    @Test
    void anInstanceThatDiesInItsSleepStaysAsleepUntilItIsWoken() {
        running(plain("a")).on(new Event.Wanted(new Goal.Sleep(SleepKind.FREEZE, plain("a")), "idle")).on(new Event.FreezeDone(RUN));
        on(new Event.Ended(RUN, new Exit.Signalled(9)));
        shows(InstanceState.ASLEEP);
        wantRunning(plain("a"));
        assertThat(effects).containsExactly(new Effect.Start("a"));
    }

    @Test
    void anInstanceChangedWhileAsleepStartsColdAtItsNextWake_RACE_12() {
        running(plain("a")).on(new Event.Wanted(new Goal.Sleep(SleepKind.FREEZE, plain("a")), "idle")).on(new Event.FreezeDone(RUN));
        on(new Event.Wanted(new Goal.Sleep(SleepKind.FREEZE, plain("b")), "idle"));
        assertThat(effects).contains(new Effect.Signal(RUN, StopSignal.SIGTERM));
        on(new Event.Ended(RUN, new Exit.Signalled(15)));
        shows(InstanceState.ASLEEP);
        assertThat(effects).doesNotHaveAnyElementsOfTypes(Effect.Start.class);
    }

    @Test
    void whatIsFoundRunningIsAdoptedAndServesWithoutWaitingForAProbe() {
        instance = Instance.unseen(new Goal.Run(probed("a")), now().wall());
        on(new Event.FoundAlive(RUN, "a", false, true));
        shows(InstanceState.RUNNING);
        assertThat(effects).containsExactly(new Effect.Watch(RUN));
        assertThat(instance.reason()).isEqualTo("adopted, pid 4711");
    }

    @Test
    void whatIsFoundRunningFromAnotherDeclarationIsReplaced() {
        instance = Instance.unseen(new Goal.Run(plain("b")), now().wall());
        on(new Event.FoundAlive(RUN, "a", false, true));
        shows(InstanceState.REPLACING);
    }

    @Test
    void whatEndedWhileReeveWasAwayIsStartedAgainWithItsExitTold() {
        instance = Instance.unseen(new Goal.Run(plain("a")), now().wall());
        on(new Event.FoundEnded("a", new Exit.Code(137)));
        assertThat(instance.reason()).startsWith("ended with exit code 137 while Reeve was away");
        timer();
        assertThat(effects).containsExactly(new Effect.Start("a"));
    }

    @Test
    void aStartThatFindsAnotherRunAliveTakesItOverAndReplacesIt() {
        wantRunning(plain("a")).on(new Event.StartFoundAnother(SECOND));
        shows(InstanceState.REPLACING);
        assertThat(effects).contains(new Effect.Signal(SECOND, StopSignal.SIGTERM)).doesNotHaveAnyElementsOfTypes(Effect.Start.class);
    }

    @Test
    void aStopThatComesWhileItStartsIsCarriedOutOnceItHasStarted() {
        wantRunning(probed("a")).on(new Event.Wanted(STOPPED, "stopped by a user"));
        assertThat(effects).isEmpty();
        on(new Event.Started(RUN));
        assertThat(effects).contains(new Effect.Signal(RUN, StopSignal.SIGTERM));
        shows(InstanceState.STOPPING);
    }

    @Test
    void aStartThatFailsIsTriedAgainLater() {
        wantRunning(plain("a")).on(new Event.StartFailed("no such file"));
        shows(InstanceState.BACKING_OFF);
        assertThat(instance.reason()).startsWith("cannot start it: no such file; starts again in");
    }

    @Test
    void aNewDeclarationEndsABackOff() {
        wantRunning(plain("a")).on(new Event.StartFailed("no such file")).wantRunning(plain("b"));
        assertThat(effects).containsExactly(new Effect.Start("b"));
    }

    @Test
    void aChangedHealthcheckAppliesToWhatRuns() {
        running(plain("a")).wantRunning(probed("a"));
        assertThat(effects).containsExactly(new Effect.Unwatch(RUN), new Effect.Watch(RUN));
        on(new Event.ProbeFailed(RUN, "refused")).on(new Event.ProbeFailed(RUN, "refused")).on(new Event.ProbeFailed(RUN, "refused"));
        shows(InstanceState.UNHEALTHY);
        wantRunning(plain("a"));
        assertThat(effects).containsExactly(new Effect.Unwatch(RUN));
        shows(InstanceState.RUNNING);
    }

    @Test
    void whatStartsIsUpOnceItsHealthcheckIsTakenAway() {
        wantRunning(probed("a")).on(new Event.Started(RUN)).wantRunning(plain("a"));
        shows(InstanceState.RUNNING);
        assertThat(effects).containsExactly(new Effect.Unwatch(RUN));
    }

    @Test
    void whatCannotBeThawedIsStoppedAllTheSameWhenItShallRest() {
        var order = plain("a");
        running(order).on(new Event.Wanted(new Goal.Sleep(SleepKind.FREEZE, order), "idle")).on(new Event.FreezeDone(RUN));
        wantRunning(order).on(new Event.ThawFailed(RUN, "the freezer is busy")).on(new Event.Wanted(STOPPED, "stopped by a user")).timer();
        shows(InstanceState.STOPPING);
        assertThat(effects).contains(new Effect.Signal(RUN, StopSignal.SIGTERM), new Effect.Thaw(RUN));
    }
}
