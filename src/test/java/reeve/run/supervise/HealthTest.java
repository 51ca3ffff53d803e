package reeve.run.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static reeve.run.supervise.OneInstance.NONE;
import static reeve.run.supervise.OneInstance.RUN;
import static reeve.run.supervise.OneInstance.TCP;
import static reeve.run.supervise.OneInstance.order;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reeve.model.Checks;
import reeve.model.Healthcheck;
import reeve.model.InstanceState;
import reeve.model.Notification;
import reeve.model.StartLimits;
import reeve.model.StopSignal;

/// Probes with one consequence each, and what a program tells itself.
class HealthTest {
    private static final Duration WATCHDOG = Duration.ofSeconds(30);

    private final OneInstance web = new OneInstance();

    private static Goal.Order checked(Healthcheck startup, Healthcheck readiness, Healthcheck liveness) {
        return order("a", NONE, new Checks(startup, readiness, liveness), Notification.NONE, StartLimits.NONE, Duration.ZERO);
    }

    private static Goal.Order notified(boolean ready, Optional<Duration> watchdog) {
        return order("a", NONE, Checks.NONE, new Notification(ready, watchdog), StartLimits.NONE, Duration.ZERO);
    }

    @Test
    void untilTheStartupCheckPassesTheOthersAreNotAsked() {
        web.run(checked(TCP, NONE, TCP)).on(new Event.Started(RUN)).does(new Effect.Watch(RUN, Check.STARTUP))
                .shows(InstanceState.STARTING);
        web.on(new Event.ProbePassed(RUN, Check.STARTUP)).does(new Effect.Unwatch(RUN), new Effect.Watch(RUN, Check.LIVENESS))
                .shows(InstanceState.RUNNING);
    }

    @Test
    void aStartupCheckThatGoesOnFailingRestartsTheInstance() {
        web.run(checked(TCP, NONE, NONE)).on(new Event.Started(RUN)).failed(Check.STARTUP, 2).shows(InstanceState.STARTING);
        web.failed(Check.STARTUP, 1).shows(InstanceState.REPLACING);
    }

    @Test
    void anInstanceThatIsNotReadyTakesNoRequestsAndIsNotRestarted() {
        web.run(checked(NONE, TCP, NONE)).on(new Event.Started(RUN)).failed(Check.READINESS, 20).shows(InstanceState.STARTING);
        web.on(new Event.ProbePassed(RUN, Check.READINESS)).shows(InstanceState.RUNNING);
        web.failed(Check.READINESS, 2).shows(InstanceState.RUNNING);
        web.failed(Check.READINESS, 1).does().shows(InstanceState.UNHEALTHY);
        assertThat(web.reason()).isEqualTo("not ready, 3 probes failed: refused");
        assertThat(web.instance().serves()).isFalse();
        web.failed(Check.READINESS, 20).does().timer().does().shows(InstanceState.UNHEALTHY);
        web.on(new Event.ProbePassed(RUN, Check.READINESS)).shows(InstanceState.RUNNING);
        assertThat(web.instance().serves()).isTrue();
    }

    @Test
    void anInstanceThatIsNotAliveIsRestartedAndServesUntilThen() {
        web.run(checked(NONE, NONE, TCP)).on(new Event.Started(RUN)).shows(InstanceState.RUNNING);
        web.failed(Check.LIVENESS, 2);
        assertThat(web.instance().serves()).isTrue();
        web.failed(Check.LIVENESS, 1).shows(InstanceState.REPLACING);
        assertThat(web.reason()).isEqualTo("not alive, 3 probes failed: refused");
    }

    @Test
    void oneGoodProbeBetweenForgivesTheBadOnesOfItsCheckOnly() {
        web.run(checked(NONE, TCP, TCP)).on(new Event.Started(RUN)).on(new Event.ProbePassed(RUN, Check.READINESS));
        web.failed(Check.LIVENESS, 2).on(new Event.ProbePassed(RUN, Check.READINESS)).failed(Check.LIVENESS, 1)
                .shows(InstanceState.REPLACING);
    }

    @Test
    void aProgramThatTellsWhenItIsReadyIsStartingUntilThen() {
        web.run(notified(true, Optional.empty())).on(new Event.Started(RUN)).shows(InstanceState.STARTING);
        web.after(Duration.ofSeconds(3)).on(new Event.Notified(RUN, new Driver.Notice.Ready())).shows(InstanceState.RUNNING);
        assertThat(web.reason()).isEqualTo("ready after 3s");
    }

    @Test
    void aProgramThatNeverTellsIsStartedAgain() {
        web.run(notified(true, Optional.empty())).on(new Event.Started(RUN))
                .does(new Effect.SetTimer(web.turn(), Health.READY_LIMIT)).timer().shows(InstanceState.REPLACING);
        assertThat(web.reason()).contains("did not tell that it is ready within");
    }

    @Test
    void aWatchdogThatIsFedRunsOnAndOneThatIsNotRestartsTheInstance() {
        web.run(notified(false, Optional.of(WATCHDOG))).on(new Event.Started(RUN)).does(new Effect.SetTimer(web.turn(), WATCHDOG));
        long late = web.turn();
        web.on(new Event.Notified(RUN, new Driver.Notice.Watchdog())).does(new Effect.SetTimer(web.turn(), WATCHDOG));
        web.on(new Event.TimerFired(late)).does().shows(InstanceState.RUNNING);
        web.timer().shows(InstanceState.REPLACING).does(new Effect.Unwatch(RUN), new Effect.Signal(RUN, StopSignal.SIGTERM),
                new Effect.SetTimer(web.turn(), Duration.ofSeconds(5)));
        assertThat(web.reason()).isEqualTo("its watchdog was not fed for 30s");
    }
}
