package reeve.run.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static reeve.run.supervise.OneInstance.NONE;
import static reeve.run.supervise.OneInstance.RUN;
import static reeve.run.supervise.OneInstance.TCP;
import static reeve.run.supervise.OneInstance.order;
import static reeve.run.supervise.OneInstance.plain;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reeve.model.Checks;
import reeve.model.Exit;
import reeve.model.Healthcheck;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.Notification;
import reeve.model.StartLimits;
import reeve.model.StopSignal;

/// What follows an end: start limits by cause, draining, conflicts, and a runtime that does not answer.
class EndingTest {
    private static final Duration DRAIN = Duration.ofSeconds(30);
    private static final InstanceId WEB = InstanceId.parse("shop/web/1");

    private final OneInstance web = new OneInstance();

    private static Goal.Order limited(StartLimits limits, Healthcheck check) {
        return order("a", check, Checks.NONE, Notification.NONE, limits, Duration.ZERO);
    }

    private static Goal.Order routed(String spec) {
        return order(spec, NONE, Checks.NONE, Notification.NONE, StartLimits.NONE, DRAIN);
    }

    @Test
    void eachCauseHasItsOwnLimitAndAnOperatorResetsIt() {
        var limits = new StartLimits(3, 10, 2, Duration.ofSeconds(10));
        web.run(limited(limits, NONE));
        web.on(new Event.StartFailed("no such program")).shows(InstanceState.BACKING_OFF).timer();
        for (int i = 0; i < 2; i++) {
            web.on(new Event.Started(RUN)).on(new Event.Ended(RUN, new Exit.Code(1))).shows(InstanceState.BACKING_OFF).timer();
        }
        web.on(new Event.Started(RUN)).on(new Event.Ended(RUN, new Exit.Code(1))).shows(InstanceState.FAILED);
        assertThat(web.reason()).isEqualTo("ended with exit code 1 after 0s; gave up: 3 in a row (crash)");
        web.run(limited(limits, NONE)).does().shows(InstanceState.FAILED);
        web.on(new Event.Reset()).does(new Effect.Start("a")).shows(InstanceState.STARTING);
        web.on(new Event.StartFailed("no such program")).shows(InstanceState.BACKING_OFF);
    }

    @Test
    void aRunThatLivedLongEndsTheRow() {
        var limits = new StartLimits(2, 2, 2, Duration.ofSeconds(10));
        web.run(limited(limits, NONE));
        for (int i = 0; i < 10; i++) {
            web.on(new Event.Started(RUN)).after(Duration.ofSeconds(10)).on(new Event.Ended(RUN, new Exit.Code(1)))
                    .shows(InstanceState.BACKING_OFF).timer();
        }
    }

    @Test
    void whatIsUnhealthyAgainAndAgainGivesUpAlthoughEachRunLivedUntilThatWasFoundOut() {
        var limits = new StartLimits(100, 2, 100, Duration.ofSeconds(10));
        web.run(limited(limits, TCP));
        web.on(new Event.Started(RUN)).on(new Event.ProbePassed(RUN)).after(Duration.ofSeconds(60)).failed(Check.HEALTH, 3).timer()
                .on(new Event.Ended(RUN, new Exit.Signalled(15))).shows(InstanceState.BACKING_OFF).timer();
        web.on(new Event.Started(RUN)).on(new Event.ProbePassed(RUN)).after(Duration.ofSeconds(60)).failed(Check.HEALTH, 3).timer()
                .on(new Event.Ended(RUN, new Exit.Signalled(15))).shows(InstanceState.FAILED);
        assertThat(web.reason()).contains("2 in a row (unhealthy)");
    }

    @Test
    void whatServesFinishesItsRequestsBeforeItIsReplaced() {
        web.run(routed("a")).on(new Event.Started(RUN));
        web.run(routed("b")).does(new Effect.Unwatch(RUN), new Effect.Drain(RUN, DRAIN)).shows(InstanceState.REPLACING);
        web.on(new Event.Drained(RUN)).does(new Effect.Unwatch(RUN), new Effect.Signal(RUN, StopSignal.SIGTERM),
                new Effect.SetTimer(web.turn(), Duration.ofSeconds(5)));
        web.on(new Event.Ended(RUN, new Exit.Code(0))).does(new Effect.Unwatch(RUN), new Effect.Start("b"));
    }

    @Test
    void whatEndsWhileItDrainsWasAskedToAndIsNoCrash() {
        web.run(routed("a")).on(new Event.Started(RUN)).run(routed("b")).on(new Event.Ended(RUN, new Exit.Signalled(9)))
                .does(new Effect.Unwatch(RUN), new Effect.Start("b"));
        assertThat(web.instance().failures()).isEqualTo(Failures.NONE);
    }

    @Test
    void aUsersStopDoesNotWaitForADrain() {
        web.run(routed("a")).on(new Event.Started(RUN)).run(routed("b"));
        web.wanted(new Goal.Rest(InstanceState.STOPPED, "stopped by a user")).shows(InstanceState.STOPPING);
        assertThat(web.instance().phase()).isInstanceOf(Phase.Stopping.class);
    }

    @Test
    void aConflictIsToldAndTriedAgainLater() {
        web.run(plain("a")).on(new Event.StartConflict("a container of that name is not ours")).shows(InstanceState.CONFLICT)
                .does(new Effect.SetTimer(web.turn(), Supervision.BACKOFF.most()));
        web.timer().does(new Effect.Start("a"));
    }

    @Test
    void whatALongStartDoesIsShown() {
        web.run(plain("a")).on(new Event.StartProgress("pulling x: 1 of 3 layers")).shows(InstanceState.STARTING);
        assertThat(web.reason()).isEqualTo("pulling x: 1 of 3 layers");
    }

    @Test
    void whileItsRuntimeIsSilentNothingIsDoneAndItServesAsBefore() {
        web.run(plain("a")).on(new Event.Started(RUN)).on(new Event.RuntimeSilent("no answer")).shows(InstanceState.UNKNOWN);
        assertThat(web.instance().serves()).isTrue();
        web.run(plain("b")).does().wanted(new Goal.Rest(InstanceState.STOPPED, "stopped by a user")).does().shows(InstanceState.UNKNOWN);
        web.run(plain("a")).on(new Event.RuntimeAnswers(Optional.of(new Driver.Found.Alive(WEB, RUN, "a", false)))).does()
                .shows(InstanceState.RUNNING);
    }

    @Test
    void whatIsWantedMeanwhileIsDoneWhenTheRuntimeAnswers() {
        web.run(plain("a")).on(new Event.Started(RUN)).on(new Event.RuntimeSilent("no answer")).run(plain("b"));
        web.on(new Event.RuntimeAnswers(Optional.of(new Driver.Found.Alive(WEB, RUN, "a", false)))).shows(InstanceState.REPLACING);
    }

    @Test
    void whatIsGoneWhenTheRuntimeAnswersHasEnded() {
        web.run(plain("a")).on(new Event.Started(RUN)).on(new Event.RuntimeSilent("no answer"))
                .on(new Event.RuntimeAnswers(Optional.empty())).shows(InstanceState.BACKING_OFF);
        assertThat(web.reason()).startsWith("ended, nobody knows how");
    }

    @Test
    void anInstanceOfWhichNothingIsKnownIsNotStartedBeforeTheRuntimeAnswers() {
        web.on(new Event.RuntimeSilent("no answer")).run(plain("a")).does().shows(InstanceState.UNKNOWN);
        web.on(new Event.RuntimeAnswers(Optional.empty())).does(new Effect.Start("a"));
    }

    @Test
    void outOfMemoryIsAReasonOfItsOwn() {
        web.run(plain("a")).on(new Event.Started(RUN)).on(new Event.Ended(RUN, new Exit.OutOfMemory())).shows(InstanceState.BACKING_OFF);
        assertThat(web.reason()).startsWith("ran out of memory");
    }
}
