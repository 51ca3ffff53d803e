package reeve.run.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import reeve.base.Elapsed;
import reeve.base.Now;
import reeve.model.Checks;
import reeve.model.Healthcheck;
import reeve.model.InstanceState;
import reeve.model.Notification;
import reeve.model.RestartPolicy;
import reeve.model.StartLimits;
import reeve.model.StopSignal;

/// One instance's machine, told events one after the other; time stands still between them.
final class OneInstance {
    static final Driver.Run RUN = new Driver.Run("run-1", 4711);
    static final Healthcheck TCP = new Healthcheck(new Healthcheck.Tcp(), Duration.ofSeconds(1), Duration.ofSeconds(1), 3, Duration.ZERO);
    static final Healthcheck NONE = Healthcheck.of(new Healthcheck.None());

    private long nanos = 1_000_000_000L;
    private Instance instance = Instance.unseen(new Goal.Rest(InstanceState.STOPPED, "not declared"), now().wall());
    private final List<Effect> effects = new ArrayList<>();

    private Now now() {
        return new Now(Instant.parse("2026-01-05T08:00:00Z").plusNanos(nanos), new Elapsed(nanos));
    }

    OneInstance on(Event event) {
        effects.clear();
        Step step = Supervision.decide(instance, event, now(), 0);
        instance = step.next();
        effects.addAll(step.effects());
        return this;
    }

    OneInstance after(Duration duration) {
        nanos += duration.toNanos();
        return this;
    }

    OneInstance timer() {
        return on(new Event.TimerFired(instance.turn()));
    }

    OneInstance wanted(Goal goal) {
        return on(new Event.Wanted(goal, "declared"));
    }

    OneInstance run(Goal.Order order) {
        return wanted(new Goal.Run(order));
    }

    OneInstance failed(Check check, int times) {
        for (int i = 0; i < times; i++) {
            on(new Event.ProbeFailed(RUN, check, "refused"));
        }
        return this;
    }

    OneInstance shows(InstanceState state) {
        assertThat(instance.shown()).isEqualTo(state);
        return this;
    }

    OneInstance does(Effect... expected) {
        assertThat(effects).containsExactly(expected);
        return this;
    }

    Instance instance() {
        return instance;
    }

    long turn() {
        return instance.turn();
    }

    String reason() {
        return instance.reason();
    }

    static Goal.Order order(String spec, Healthcheck check, Checks checks, Notification notification, StartLimits limits, Duration drain) {
        return new Goal.Order(spec, new RestartPolicy.Always(), limits, StopSignal.SIGTERM, Duration.ofSeconds(5), drain, check, checks,
                notification);
    }

    static Goal.Order plain(String spec) {
        return order(spec, NONE, Checks.NONE, Notification.NONE, StartLimits.NONE, Duration.ZERO);
    }
}
