package reeve.run.supervise;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reeve.base.Backoff;
import reeve.base.Durations;
import reeve.base.Now;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.StopSignal;
import reeve.run.supervise.Phase.Aim;
import reeve.run.supervise.Phase.BackingOff;
import reeve.run.supervise.Phase.Down;
import reeve.run.supervise.Phase.Draining;
import reeve.run.supervise.Phase.Freezing;
import reeve.run.supervise.Phase.Frozen;
import reeve.run.supervise.Phase.Launching;
import reeve.run.supervise.Phase.Live;
import reeve.run.supervise.Phase.Starting;
import reeve.run.supervise.Phase.Stopping;
import reeve.run.supervise.Phase.Thawing;
import reeve.run.supervise.Phase.Unknown;
import reeve.run.supervise.Phase.Up;

/// What a supervised instance does next. Pure.
///
/// Every event first says what became of the phase; a phase that is settled then pursues the goal:
///
/// | phase \ goal | Run            | Sleep                       | Rest        |
/// |--------------|----------------|-----------------------------|-------------|
/// | Down         | Launching      | Down (asleep)               | Down        |
/// | BackingOff   | waits          | Down (asleep)               | Down        |
/// | Starting     | waits, or Stopping where the order differs | Stopping (kind stop), else waits | Stopping |
/// | Up           | stays, or Stopping where the order differs | Freezing or Stopping | Stopping |
/// | Frozen       | Thawing, or Stopping where the order differs | stays, or Stopping where the order differs | Stopping |
/// | Launching, Freezing, Thawing, Draining, Stopping | wait for their result | likewise | likewise |
/// | Unknown      | waits for the runtime | likewise | likewise |
///
/// Where requests may be open, `Draining` comes before `Stopping`. The table is [Pursuit], what a run's end leads to [Ending], and
/// whether a run is well [Health].
///
/// A run that ended is followed by another only after its end was reported, so there are never two.
public final class Supervision {
    /// How long after KILL an instance may take to go before KILL is sent again.
    public static final Duration KILL_LIMIT = Duration.ofSeconds(10);

    static final Backoff BACKOFF = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30));
    static final Duration THAW_RETRY = Duration.ofSeconds(1);

    private Supervision() {}

    /// @param now    both clocks as of the event
    /// @param jitter 0 inclusive to 1 exclusive, lengthens a back-off
    /// @return next state and effects; never fails: an event that no longer fits is ignored
    public static Step decide(Instance instance, Event event, Now now, double jitter) {
        return switch (event) {
            case Event.Wanted(Goal goal, String why) -> wanted(instance, goal, why, now);
            case Event.Reset() -> reset(instance, now);
            case Event.FoundAlive(Driver.Run run, String spec, boolean suspended, boolean proven) -> proven || suspended
                    ? adopt(instance, run, spec, suspended, now) : prove(instance, run, spec, now);
            case Event.FoundEnded(String spec, Exit exit) -> foundEnded(instance, spec, exit, now, jitter);
            case Event.Started(Driver.Run run) -> started(instance, run, now);
            case Event.StartedInVain(Driver.Run run, String reason) -> instance.phase() instanceof Launching(String spec, _)
                    ? Pursuit.stop(instance, new Live(run, spec, now.elapsed()), Aim.UNHEALTHY, reason, now) : Step.same(instance);
            case Event.StartFailed(String reason) -> Ending.startFailed(instance, reason, now, jitter);
            case Event.StartConflict(String reason) -> Ending.conflict(instance, reason, now);
            case Event.StartProgress(String doing) -> instance.phase() instanceof Launching
                    ? Step.same(instance.in(instance.phase(), doing, now.wall())) : Step.same(instance);
            case Event.StartFoundAnother(Driver.Run run) -> instance.phase() instanceof Launching
                    ? adopt(instance, run, "", false, now) : Step.same(instance);
            case Event.RuntimeSilent(String reason) -> silent(instance, reason, now);
            case Event.RuntimeAnswers(Optional<Driver.Found> found) -> answers(instance, found, now, jitter);
            case Event.TimerFired(long turn) -> turn == instance.turn() ? timer(instance, now) : Step.same(instance);
            case Event.Ended(Driver.Run run, Exit exit) -> isOf(instance, run) ? Ending.ended(instance, exit, now, jitter)
                    : Step.same(instance);
            case Event.ProbePassed(Driver.Run run, Check check) -> isOf(instance, run) ? Health.passed(instance, check, now)
                    : Step.same(instance);
            case Event.ProbeFailed(Driver.Run run, Check check, String reason) -> isOf(instance, run)
                    ? Health.failed(instance, check, reason, now, jitter) : Step.same(instance);
            case Event.Notified(Driver.Run run, Driver.Notice notice) -> isOf(instance, run) ? Health.notified(instance, notice, now)
                    : Step.same(instance);
            case Event.Drained(Driver.Run run) -> isOf(instance, run) && instance.phase() instanceof Draining(Live live, Aim aim)
                    ? Pursuit.stop(instance, live, aim, instance.reason(), now) : Step.same(instance);
            case Event.FreezeDone(Driver.Run run) -> isOf(instance, run) && instance.phase() instanceof Freezing(Live live)
                    ? Pursuit.pursue(instance.in(new Frozen(live), instance.reason(), now.wall()), instance.reason(), now)
                    : Step.same(instance);
            case Event.FreezeFailed(Driver.Run run, String reason) -> isOf(instance, run) && instance.phase() instanceof Freezing(Live live)
                    ? freezeFailed(instance, live, reason, now) : Step.same(instance);
            case Event.ThawDone(Driver.Run run) -> isOf(instance, run) && instance.phase() instanceof Thawing(Live live)
                    ? thawed(instance, live, now) : Step.same(instance);
            case Event.ThawFailed(Driver.Run run, String reason) -> isOf(instance, run) && instance.phase() instanceof Thawing
                    ? Step.timed(instance.in(instance.phase(), "cannot thaw it: " + reason, now.wall()), THAW_RETRY) : Step.same(instance);
        };
    }

    private static boolean isOf(Instance instance, Driver.Run run) {
        return instance.live().map(live -> live.run().equals(run)).orElse(false);
    }

    /// A run that goes on under other checks is asked those from now on.
    private static Step wanted(Instance instance, Goal goal, String why, Now now) {
        Instance toward = instance.toward(goal);
        Step step = Pursuit.pursue(toward, why, now);
        Goal.Order before = instance.order();
        Goal.Order after = toward.order();
        if (after.healthcheck().equals(before.healthcheck()) && after.checks().equals(before.checks())
                && after.notification().equals(before.notification())) {
            return step;
        }
        Step asked = step.before(Health.reask(step.next(), now));
        return asked.before(Pursuit.pursue(asked.next(), asked.next().reason(), now));
    }

    private static Step started(Instance instance, Driver.Run run, Now now) {
        if (!(instance.phase() instanceof Launching(String spec, boolean waking))) {
            return Step.same(instance);
        }
        Step begun = Health.begin(instance, new Live(run, spec, now.elapsed()), waking, now);
        return begun.before(Pursuit.pursue(begun.next(), "its goal changed while it started", now));
    }

    private static Step thawed(Instance instance, Live live, Now now) {
        Step begun = Health.resume(instance, live, now);
        return begun.before(Pursuit.pursue(begun.next(), "its goal changed while it woke", now));
    }

    /// Takes over a run that another Reeve started. It counts as healthy until a probe says otherwise, so that a restart
    /// of Reeve takes nothing off the web.
    private static Step adopt(Instance instance, Driver.Run run, String spec, boolean suspended, Now now) {
        var live = new Live(run, spec, now.elapsed());
        Step adopted = suspended
                ? Step.same(instance.in(new Frozen(live), "adopted asleep, pid " + run.pid(), now.wall()))
                : new Step(instance, Health.watches(instance.order(), live))
                        .before(Health.up(instance, live, "adopted, pid " + run.pid(), now));
        return adopted.before(Pursuit.pursue(adopted.next(), adopted.next().reason(), now));
    }

    /// Takes over a run that was to replace another and may not have been healthy yet.
    private static Step prove(Instance instance, Driver.Run run, String spec, Now now) {
        Instance adopted = instance.in(instance.phase(), "adopted, pid " + run.pid(), now.wall());
        Step begun = Health.resume(adopted, new Live(run, spec, now.elapsed()), now);
        return begun.before(Pursuit.pursue(begun.next(), begun.next().reason(), now));
    }

    private static Step foundEnded(Instance instance, String spec, Exit exit, Now now, double jitter) {
        return Ending.over(instance, spec, exit, Failures.Cause.CRASH, exit.sentence() + " while Reeve was away",
                Duration.ZERO,
                now, jitter);
    }

    /// What waits for the result of an effect goes on waiting: the effect will say how it went.
    private static Step silent(Instance instance, String reason, Now now) {
        return switch (instance.phase()) {
            case Down _, Starting _, Up _, Frozen _ -> Step.same(instance.in(new Unknown(instance.phase()), reason, now.wall()));
            case Unknown _ -> Step.same(instance.in(instance.phase(), reason, now.wall()));
            case BackingOff _, Launching _, Freezing _, Thawing _, Draining _, Stopping _ -> Step.same(instance);
        };
    }

    private static Step answers(Instance instance, Optional<Driver.Found> found, Now now, double jitter) {
        if (!(instance.phase() instanceof Unknown(Phase before))) {
            return Step.same(instance);
        }
        Instance known = instance.in(before, "its runtime answers again", now.wall());
        if (found.isEmpty()) {
            return known.live().isPresent() ? Ending.ended(known, new Exit.Unknown(), now, jitter)
                    : Pursuit.pursue(known, known.reason(), now);
        }
        return switch (found.get()) {
            case Driver.Found.Alive(InstanceId _, Driver.Run run, String spec, boolean suspended) ->
                isOf(known, run) && suspended == before instanceof Frozen ? Pursuit.pursue(known, known.reason(), now)
                        : adopt(known, run, spec, suspended, now);
            case Driver.Found.Ended(InstanceId _, String spec, Exit exit) -> known.live().isPresent()
                    ? Ending.ended(known, exit, now, jitter) : foundEnded(known, spec, exit, now, jitter);
        };
    }

    private static Step freezeFailed(Instance instance, Live live, String reason, Now now) {
        // not pursued again by itself: the sleep room decides whether and when to try once more
        Step step = new Step(instance, Health.watches(instance.order(), live))
                .before(Health.up(instance, live, "cannot freeze it: " + reason, now));
        Instance up = step.next();
        return up.goal() instanceof Goal.Sleep ? step : step.before(Pursuit.pursue(up, up.reason(), now));
    }

    private static Step reset(Instance instance, Now now) {
        Instance fresh = instance.failing(Failures.NONE).restarted(0);
        return switch (fresh.phase()) {
            case Down(InstanceState shown, _) -> afresh(fresh, shown, now);
            case BackingOff _ -> afresh(fresh, InstanceState.STOPPED, now);
            case Launching _, Starting _, Up _, Freezing _, Frozen _, Thawing _, Draining _, Stopping _, Unknown _ -> Step.same(fresh);
        };
    }

    private static Step afresh(Instance instance, InstanceState shown, Now now) {
        return Pursuit.pursue(instance.in(new Down(shown, ""), instance.reason(), now.wall()), "a user asked for it", now);
    }

    private static Step timer(Instance instance, Now now) {
        return switch (instance.phase()) {
            case BackingOff _ -> switch (instance.goal()) {
                case Goal.Run(Goal.Order order) -> Pursuit.launch(instance.restarted(instance.restarts() + 1), order, false,
                        "starting again: " + instance.reason().replaceFirst(Ending.AGAIN + ".*", ""), now);
                case Goal.Sleep _, Goal.Rest _ -> Step.same(instance);
            };
            case Stopping(Live live, Aim aim, int kills) -> {
                String why = kills > 0
                        ? "does not end: KILL was sent " + Durations.words(KILL_LIMIT) + " ago, sending it again"
                        : "did not end within " + Durations.words(instance.order().stopGrace()) + ", killed";
                Step step = Step.timed(instance.in(new Stopping(live, aim, kills + 1), why, now.wall()), KILL_LIMIT);
                yield new Step(instance, List.of(new Effect.Signal(live.run(), StopSignal.SIGKILL))).before(step);
            }
            case Thawing(Live live) -> instance.goal() instanceof Goal.Rest rest
                    ? Pursuit.stop(instance, live, Aim.REST, rest.reason(), now) // thawed or not, KILL ends it at last
                    : new Step(instance, List.of(new Effect.Thaw(live.run())));
            case Starting _, Up _ -> Health.late(instance, now);
            case Down _, Launching _, Freezing _, Frozen _, Draining _, Unknown _ -> Step.same(instance);
        };
    }
}
