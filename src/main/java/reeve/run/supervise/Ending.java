package reeve.run.supervise;

import java.time.Duration;
import java.util.List;
import reeve.base.Durations;
import reeve.base.Now;
import reeve.model.Exit;
import reeve.model.InstanceState;
import reeve.model.RestartPolicy;
import reeve.model.StartLimits;
import reeve.run.supervise.Failures.Cause;
import reeve.run.supervise.Goal.Order;
import reeve.run.supervise.Phase.Aim;
import reeve.run.supervise.Phase.BackingOff;
import reeve.run.supervise.Phase.Down;
import reeve.run.supervise.Phase.Live;

/// What follows when a run is over, or could not begin.
final class Ending {
    /// A run that is unwell lives on until its probes have found that out: only a much longer life counts as a success.
    private static final Duration UNHEALTHY_WINDOW = Duration.ofMinutes(10);

    static final String AGAIN = "; starts again in ";

    private Ending() {}

    static Step startFailed(Instance instance, String reason, Now now, double jitter) {
        return instance.phase() instanceof Phase.Launching(String spec, _)
                ? over(instance, spec, new Exit.Unknown(), Cause.CONFIG, "cannot start it: " + reason, Duration.ZERO, now, jitter)
                : Step.same(instance);
    }

    static Step conflict(Instance instance, String reason, Now now) {
        if (!(instance.phase() instanceof Phase.Launching(String spec, _))) {
            return Step.same(instance);
        }
        Instance waiting = instance.in(new BackingOff(spec, InstanceState.CONFLICT), reason, now.wall());
        Step step = Step.timed(waiting, Supervision.BACKOFF.most());
        return step.before(Pursuit.pursue(step.next(), reason, now));
    }

    static Step ended(Instance instance, Exit exit, Now now, double jitter) {
        Live live = instance.live().orElseThrow();
        Duration lived = now.elapsed().since(live.since());
        String words = exit.sentence() + " after " + Durations.words(lived);
        var unwatch = new Step(instance, List.of(new Effect.Unwatch(live.run())));
        Step after = switch (instance.phase()) {
            case Phase.Stopping(_, Aim aim, _) -> asked(instance, live, aim, words, lived, now, jitter);
            case Phase.Draining(_, Aim aim) -> asked(instance, live, aim, words, lived, now, jitter);
            case Phase.Starting _, Phase.Up _, Phase.Freezing _, Phase.Frozen _, Phase.Thawing _, Phase.Unknown _ ->
                over(instance, live.spec(), exit, Cause.CRASH, words, lived, now, jitter);
            case Down _, BackingOff _, Phase.Launching _ -> Step.same(instance);
        };
        return unwatch.before(after);
    }

    private static Step asked(Instance instance, Live live, Aim aim, String words, Duration lived, Now now, double jitter) {
        return aim == Aim.UNHEALTHY && instance.goal() instanceof Goal.Run(Order order)
                ? backOff(instance, order, live.spec(), Cause.UNHEALTHY, instance.reason(), lived, now, jitter)
                : Pursuit.pursue(instance.in(new Down(InstanceState.STOPPED, ""), words, now.wall()), instance.reason(), now);
    }

    /// A run is over that nobody asked to end: what follows is the restart policy's matter, unless it shall not run anyway.
    static Step over(Instance instance, String spec, Exit exit, Cause cause, String words, Duration lived, Now now, double jitter) {
        return switch (instance.goal()) {
            case Goal.Sleep _, Goal.Rest _ ->
                    Pursuit.pursue(instance.in(new Down(InstanceState.STOPPED, ""), words, now.wall()), words, now);
            case Goal.Run(Order order) -> switch (order.restart()) {
                case RestartPolicy.Always() -> backOff(instance, order, spec, cause, words, lived, now, jitter);
                case RestartPolicy.Never() -> finished(instance, spec, exit, words, now);
                case RestartPolicy.OnFailure(int limit) -> {
                    if (exit.success()) {
                        yield finished(instance, spec, exit, words, now);
                    }
                    yield inARow(instance, order, cause, lived).total() >= limit
                            ? finished(instance, spec, exit, words + "; gave up after " + limit + " attempts", now)
                            : backOff(instance, order, spec, cause, words, lived, now, jitter);
                }
            };
        };
    }

    private static Step finished(Instance instance, String spec, Exit exit, String words, Now now) {
        return latched(instance, exit.success() ? InstanceState.DONE : InstanceState.FAILED, spec, words, now);
    }

    private static Step latched(Instance instance, InstanceState state, String spec, String words, Now now) {
        Instance over = instance.in(new Down(state, spec), words, now.wall());
        return Pursuit.pursue(over, words, now); // the order may have changed meanwhile
    }

    private static Step backOff(
            Instance instance, Order order, String spec, Cause cause, String words, Duration lived, Now now, double jitter) {
        Failures before = inARow(instance, order, cause, lived);
        StartLimits limits = order.limits();
        if (before.of(cause) + 1 >= Failures.limit(limits, cause)) {
            return latched(instance.failing(before.plus(cause)), InstanceState.FAILED, spec,
                    words + "; gave up: " + Failures.limit(limits, cause) + " in a row (" + cause.word() + ")", now);
        }
        Duration delay = Supervision.BACKOFF.delay(before.total(), jitter);
        String why = words + AGAIN + Durations.words(delay);
        Instance waiting = instance.failing(before.plus(cause)).in(new BackingOff(spec, InstanceState.BACKING_OFF), why, now.wall());
        Step step = Step.timed(waiting, delay);
        return step.before(Pursuit.pursue(step.next(), why, now));
    }

    /// The failures before this one, none where the run lived long enough to count as a success.
    private static Failures inARow(Instance instance, Order order, Cause cause, Duration lived) {
        Duration window = cause == Cause.UNHEALTHY ? longer(order.limits().window(), UNHEALTHY_WINDOW) : order.limits().window();
        return lived.compareTo(window) >= 0 ? Failures.NONE : instance.failures();
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
