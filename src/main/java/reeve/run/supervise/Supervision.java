package reeve.run.supervise;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import reeve.base.Backoff;
import reeve.base.Durations;
import reeve.base.Elapsed;
import reeve.base.Now;
import reeve.model.Exit;
import reeve.model.InstanceState;
import reeve.model.RestartPolicy;
import reeve.model.StopSignal;
import reeve.run.supervise.Goal.Order;
import reeve.run.supervise.Phase.Aim;
import reeve.run.supervise.Phase.BackingOff;
import reeve.run.supervise.Phase.Down;
import reeve.run.supervise.Phase.Freezing;
import reeve.run.supervise.Phase.Frozen;
import reeve.run.supervise.Phase.Launching;
import reeve.run.supervise.Phase.Live;
import reeve.run.supervise.Phase.Starting;
import reeve.run.supervise.Phase.Stopping;
import reeve.run.supervise.Phase.Thawing;
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
/// | Launching, Freezing, Thawing, Stopping | wait for their result | likewise | likewise |
///
/// A run that ended is followed by another only after its end was reported, so there are never two.
public final class Supervision {
    /// A run that lived this long counts as a success: back-off begins anew after it.
    public static final Duration STABLE = Duration.ofSeconds(10);

    /// How long after KILL an instance may take to go before KILL is sent again.
    public static final Duration KILL_LIMIT = Duration.ofSeconds(10);

    static final Backoff BACKOFF = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30));
    private static final String AGAIN = "; starts again in ";
    static final Duration THAW_RETRY = Duration.ofSeconds(1);

    private Supervision() {}

    /// @param effects to carry out, in order
    public record Step(Instance next, List<Effect> effects) {
        public Step {
            effects = List.copyOf(effects);
        }

        static Step same(Instance instance) {
            return new Step(instance, List.of());
        }

        private Step before(Step later) {
            var all = new ArrayList<>(effects);
            all.addAll(later.effects);
            return new Step(later.next, all);
        }
    }

    /// @param now    both clocks as of the event
    /// @param jitter 0 inclusive to 1 exclusive, lengthens a back-off
    /// @return next state and effects; never fails: an event that no longer fits is ignored
    public static Step decide(Instance instance, Event event, Now now, double jitter) {
        return switch (event) {
            case Event.Wanted(Goal goal, String why) -> wanted(instance, goal, why, now);
            case Event.Reset() -> reset(instance, now);
            case Event.FoundAlive(Driver.Run run, String spec, boolean suspended) -> adopt(instance, run, spec, suspended, now);
            case Event.FoundEnded(String spec, Exit exit) ->
                over(instance, spec, exit, "ended with " + exit.words() + " while Reeve was away", Duration.ZERO, now, jitter);
            case Event.Started(Driver.Run run) -> started(instance, run, now);
            case Event.StartFailed(String reason) -> startFailed(instance, reason, now, jitter);
            case Event.StartFoundAnother(Driver.Run run) -> instance.phase() instanceof Launching
                    ? adopt(instance, run, "", false, now) : Step.same(instance);
            case Event.Ended(Driver.Run run, Exit exit) -> isOf(instance, run) ? ended(instance, exit, now, jitter) : Step.same(instance);
            case Event.ProbePassed(Driver.Run run) -> isOf(instance, run) ? probePassed(instance, now) : Step.same(instance);
            case Event.ProbeFailed(Driver.Run run, String reason) ->
                isOf(instance, run) ? probeFailed(instance, reason, now, jitter) : Step.same(instance);
            case Event.FreezeDone(Driver.Run run) -> instance.phase() instanceof Freezing(Live live) && live.run().equals(run)
                    ? pursue(instance.in(new Frozen(live), instance.reason(), now.wall()), instance.reason(), now) : Step.same(instance);
            case Event.FreezeFailed(Driver.Run run, String reason) -> instance.phase() instanceof Freezing(Live live) && live.run()
                    .equals(run)
                    ? freezeFailed(instance, live, reason, now) : Step.same(instance);
            case Event.ThawDone(Driver.Run run) -> instance.phase() instanceof Thawing(Live live) && live.run().equals(run)
                    ? begin(instance, live, true, now) : Step.same(instance);
            case Event.ThawFailed(Driver.Run run, String reason) -> instance.phase() instanceof Thawing(Live live) && live.run().equals(run)
                    ? timed(instance.in(instance.phase(), "cannot thaw it: " + reason, now.wall()), THAW_RETRY) : Step.same(instance);
            case Event.StartConflict(String reason) -> startFailed(instance, reason, now, jitter);
            case Event.StartProgress _, Event.Notified _, Event.RuntimeSilent _, Event.RuntimeAnswers _, Event.Drained _ ->
                Step.same(instance);
            case Event.TimerFired(long turn) -> turn == instance.turn() ? timer(instance, now) : Step.same(instance);
        };
    }

    private static boolean isOf(Instance instance, Driver.Run run) {
        return instance.live().map(live -> live.run().equals(run)).orElse(false);
    }

    /// A run that goes on under another healthcheck is probed by that from now on.
    private static Step wanted(Instance instance, Goal goal, String why, Now now) {
        Instance toward = instance.toward(goal);
        Step step = pursue(toward, why, now);
        if (toward.order().healthcheck().equals(instance.order().healthcheck())) {
            return step;
        }
        Instance next = step.next();
        return switch (next.phase()) {
            case Starting(Live live, boolean waking, _, _) -> step.before(watched(next.order().healthcheck().present()
                    ? quiet(next, new Starting(live, waking, now.elapsed(), 0)) : next.in(new Up(live, 0, false), "started", now.wall()),
                    live, now));
            case Up(Live live, _, boolean unhealthy) -> step.before(watched(unhealthy
                    ? next.in(new Up(live, 0, false), "its healthcheck changed", now.wall()) : quiet(next, new Up(live, 0, false)),
                    live, now));
            case Down _, BackingOff _, Launching _, Freezing _, Frozen _, Thawing _, Stopping _ -> step;
        };
    }

    private static Step watched(Instance instance, Live live, Now now) {
        return new Step(instance, List.of(new Effect.Watch(live.run()))).before(pursue(instance, instance.reason(), now));
    }

    /// Takes the next step from a settled phase towards the goal; stays in any other.
    private static Step pursue(Instance instance, String why, Now now) {
        return switch (instance.goal()) {
            case Goal.Run(Order order) -> pursueRun(instance, order, why, now);
            case Goal.Sleep(var how, Order order) -> switch (how) {
                case FREEZE -> pursueFreeze(instance, order, why, now);
                case STOP -> pursueSleepByStop(instance, why, now);
            };
            case Goal.Rest(InstanceState shown, String reason) -> pursueRest(instance, shown, reason, now);
        };
    }

    private static Step pursueRun(Instance instance, Order order, String why, Now now) {
        return switch (instance.phase()) {
            case Down(InstanceState shown, _) ->
                instance.latched(order) ? Step.same(instance) : launch(instance, order, shown == InstanceState.ASLEEP, why, now);
            case BackingOff(String spec) ->
                spec.equals(order.spec()) ? Step.same(instance) : launch(instance.failing(0), order, false, "its declaration changed", now);
            case Starting(Live live, _, _, _) -> live.spec().equals(order.spec()) ? Step.same(instance)
                    : stop(instance, live, Aim.REPLACE, why, now);
            case Up(Live live, _, _) -> live.spec().equals(order.spec()) ? Step.same(instance)
                    : stop(instance, live, Aim.REPLACE, why, now);
            case Frozen(Live live) -> live.spec().equals(order.spec())
                    ? new Step(instance.in(new Thawing(live), why, now.wall()), List.of(new Effect.Thaw(live.run())))
                    : stop(instance, live, Aim.REPLACE, why, now);
            case Launching _, Freezing _, Thawing _, Stopping _ -> Step.same(instance);
        };
    }

    private static Step pursueFreeze(Instance instance, Order order, String why, Now now) {
        return switch (instance.phase()) {
            case Down(_, String latch) -> Step.same(instance.in(new Down(InstanceState.ASLEEP, latch), why, now.wall()));
            case BackingOff _ -> Step.same(instance.in(new Down(InstanceState.ASLEEP, ""), why, now.wall()));
            case Up(Live live, _, _) -> live.spec().equals(order.spec())
                    ? new Step(instance.in(new Freezing(live), why, now.wall()),
                            List.of(new Effect.Unwatch(live.run()), new Effect.Freeze(live.run())))
                    : stop(instance, live, Aim.SLEEP, why, now);
            case Frozen(Live live) ->
                live.spec().equals(order.spec()) ? Step.same(instance)
                        : stop(instance, live, Aim.SLEEP, "its declaration changed while it slept", now);
            case Starting _, Launching _, Freezing _, Thawing _, Stopping _ -> Step.same(instance);
        };
    }

    private static Step pursueSleepByStop(Instance instance, String why, Now now) {
        return switch (instance.phase()) {
            case Down(_, String latch) -> Step.same(instance.in(new Down(InstanceState.ASLEEP, latch), why, now.wall()));
            case BackingOff _ -> Step.same(instance.in(new Down(InstanceState.ASLEEP, ""), why, now.wall()));
            case Starting(Live live, _, _, _) -> stop(instance, live, Aim.SLEEP, why, now);
            case Up(Live live, _, _) -> stop(instance, live, Aim.SLEEP, why, now);
            case Frozen(Live live) -> stop(instance, live, Aim.SLEEP, why, now);
            case Launching _, Freezing _, Thawing _, Stopping _ -> Step.same(instance);
        };
    }

    private static Step pursueRest(Instance instance, InstanceState shown, String why, Now now) {
        return switch (instance.phase()) {
            case Down(_, String latch) -> Step.same(instance.in(new Down(shown, latch), why, now.wall()));
            case BackingOff _ -> Step.same(instance.in(new Down(shown, ""), why, now.wall()));
            case Starting(Live live, _, _, _) -> stop(instance, live, Aim.REST, why, now);
            case Up(Live live, _, _) -> stop(instance, live, Aim.REST, why, now);
            case Frozen(Live live) -> stop(instance, live, Aim.REST, why, now);
            case Stopping(Live live, _, boolean killed) -> Step.same(instance.in(new Stopping(live, Aim.REST, killed), why, now.wall()));
            case Launching _, Freezing _, Thawing _ -> Step.same(instance);
        };
    }

    private static Step launch(Instance instance, Order order, boolean waking, String why, Now now) {
        return new Step(instance.in(new Launching(order.spec(), waking), why, now.wall()), List.of(new Effect.Start(order.spec())));
    }

    private static Step started(Instance instance, Driver.Run run, Now now) {
        return instance.phase() instanceof Launching(String spec, boolean waking)
                ? begin(instance, new Live(run, spec, now.elapsed()), waking, now) : Step.same(instance);
    }

    /// A run that just started or thawed: probed until healthy, or taken for healthy where nothing can be probed.
    private static Step begin(Instance instance, Live live, boolean waking, Now now) {
        Step begun = instance.order().healthcheck().present()
                ? new Step(instance.in(new Starting(live, waking, now.elapsed(), 0), instance.reason(), now.wall()),
                        List.of(new Effect.Watch(live.run())))
                : Step.same(instance.in(new Up(live, 0, false), waking ? "awake" : "started", now.wall()));
        return begun.before(pursue(begun.next(), "its goal changed while it started", now));
    }

    /// Takes over a run that another Reeve started. It counts as healthy until a probe says otherwise, so that a restart
    /// of Reeve takes nothing off the web.
    private static Step adopt(Instance instance, Driver.Run run, String spec, boolean suspended, Now now) {
        var live = new Live(run, spec, now.elapsed());
        Instance adopted = suspended
                ? instance.in(new Frozen(live), "adopted asleep, pid " + run.pid(), now.wall())
                : instance.in(new Up(live, 0, false), "adopted, pid " + run.pid(), now.wall());
        var step = new Step(adopted, suspended ? List.of() : List.of(new Effect.Watch(run)));
        return step.before(pursue(adopted, adopted.reason(), now));
    }

    private static Step freezeFailed(Instance instance, Live live, String reason, Now now) {
        // not pursued again by itself: the sleep room decides whether and when to try once more
        var up = instance.in(new Up(live, 0, false), "cannot freeze it: " + reason, now.wall());
        var step = new Step(up, List.of(new Effect.Watch(live.run())));
        return up.goal() instanceof Goal.Sleep ? step : step.before(pursue(up, up.reason(), now));
    }

    private static Step reset(Instance instance, Now now) {
        Instance fresh = instance.failing(0).restarted(0);
        return switch (fresh.phase()) {
            case Down(InstanceState shown, _) ->
                    pursue(fresh.in(new Down(shown, ""), fresh.reason(), now.wall()), "a user asked for it", now);
            case BackingOff _ ->
                pursue(fresh.in(new Down(InstanceState.STOPPED, ""), fresh.reason(), now.wall()), "a user asked for it", now);
            case Launching _, Starting _, Up _, Freezing _, Frozen _, Thawing _, Stopping _ -> Step.same(fresh);
        };
    }

    private static Step stop(Instance instance, Live live, Aim aim, String why, Now now) {
        boolean suspended = instance.phase() instanceof Frozen || instance.phase() instanceof Thawing;
        Instance stopping = instance.in(new Stopping(live, aim, false), why, now.wall()).nextTurn();
        var effects = new ArrayList<Effect>();
        effects.add(new Effect.Unwatch(live.run()));
        effects.add(new Effect.Signal(live.run(), instance.order().stopSignal()));
        if (suspended) {
            effects.add(new Effect.Thaw(live.run())); // a suspended program sees its signal only when it goes on
        }
        effects.add(new Effect.SetTimer(stopping.turn(), instance.order().stopGrace()));
        return new Step(stopping, effects);
    }

    private static Step timer(Instance instance, Now now) {
        return switch (instance.phase()) {
            case BackingOff _ -> switch (instance.goal()) {
                case Goal.Run(Order order) ->
                        launch(instance.restarted(instance.restarts() + 1), order, false,
                    "starting again: " + instance.reason().replaceFirst(AGAIN + ".*", ""), now);
                case Goal.Sleep _, Goal.Rest _ -> Step.same(instance);
            };
            case Stopping(Live live, Aim aim, boolean killed) -> {
                String why = killed
                        ? "does not end: KILL was sent " + Durations.words(KILL_LIMIT) + " ago, sending it again"
                        : "did not end within " + Durations.words(instance.order().stopGrace()) + ", killed";
                Step step = timed(instance.in(new Stopping(live, aim, true), why, now.wall()), KILL_LIMIT);
                yield new Step(instance, List.of(new Effect.Signal(live.run(), StopSignal.SIGKILL))).before(step);
            }
            case Up(Live live, _, boolean unhealthy) ->
                unhealthy ? stop(instance, live, Aim.UNHEALTHY, instance.reason() + "; restarting it", now) : Step.same(instance);
            case Thawing(Live live) -> instance.goal() instanceof Goal.Rest(InstanceState _, String why)
                    ? stop(instance, live, Aim.REST, why, now) // thawed or not, KILL ends it at last
                    : new Step(instance, List.of(new Effect.Thaw(live.run())));
            case Down _, Launching _, Starting _, Freezing _, Frozen _ -> Step.same(instance);
        };
    }

    private static Step probePassed(Instance instance, Now now) {
        return switch (instance.phase()) {
            case Starting(Live live, boolean waking, Elapsed since, _) -> {
                String why = (waking ? "awake and healthy after " : "healthy after ") + Durations.words(now.elapsed().since(since));
                Instance up = instance.in(new Up(live, 0, false), why, now.wall());
                yield pursue(up, why, now);
            }
            case Up(Live live, _, boolean unhealthy) ->
                Step.same(unhealthy ? instance.in(new Up(live, 0, false), "healthy again", now.wall())
                        : quiet(instance, new Up(live, 0, false)));
            case Down _, BackingOff _, Launching _, Freezing _, Frozen _, Thawing _, Stopping _ -> Step.same(instance);
        };
    }

    private static Step probeFailed(Instance instance, String reason, Now now, double jitter) {
        int retries = instance.order().healthcheck().retries();
        return switch (instance.phase()) {
            case Starting(Live live, boolean waking, Elapsed since, int failures) -> {
                if (!now.elapsed().reached(since.plus(instance.order().healthcheck().startPeriod()))) {
                    yield Step.same(quiet(instance, new Starting(live, waking, since, 0)));
                }
                yield failures + 1 < retries
                        ? Step.same(quiet(instance, new Starting(live, waking, since, failures + 1)))
                        : stop(instance, live, Aim.UNHEALTHY, "not healthy after " + Durations.words(now.elapsed().since(since)) + ": "
                                + reason, now);
            }
            case Up(Live live, int failures, boolean unhealthy) -> {
                if (unhealthy || failures + 1 < retries) {
                    yield Step.same(quiet(instance, new Up(live, failures + 1, unhealthy)));
                }
                Instance sick = instance.in(new Up(live, failures + 1, true), "unhealthy, " + retries + " probes failed: " + reason,
                        now.wall());
                yield timed(sick, BACKOFF.delay(instance.failures(), jitter));
            }
            case Down _, BackingOff _, Launching _, Freezing _, Frozen _, Thawing _, Stopping _ -> Step.same(instance);
        };
    }

    /// A change of counters that nobody sees.
    private static Instance quiet(Instance instance, Phase phase) {
        return instance.in(phase, instance.reason(), instance.since());
    }

    private static Step startFailed(Instance instance, String reason, Now now, double jitter) {
        return instance.phase() instanceof Launching(String spec, _)
                ? over(instance, spec, new Exit.Unknown(), "cannot start it: " + reason, Duration.ZERO, now, jitter) : Step.same(instance);
    }

    private static Step ended(Instance instance, Exit exit, Now now, double jitter) {
        Live live = instance.live().orElseThrow();
        Duration lived = now.elapsed().since(live.since());
        String words = "ended with " + exit.words() + " after " + Durations.words(lived);
        var unwatch = new Step(instance, List.of(new Effect.Unwatch(live.run())));
        Step after = switch (instance.phase()) {
            case Stopping(_, Aim aim, _) -> aim == Aim.UNHEALTHY && instance.goal() instanceof Goal.Run
                    ? backOff(instance, live.spec(), instance.reason(), lived, now, jitter)
                    : pursue(instance.in(new Down(InstanceState.STOPPED, ""), words, now.wall()), instance.reason(), now);
            case Starting _, Up _, Freezing _, Frozen _, Thawing _ -> over(instance, live.spec(), exit, words, lived, now, jitter);
            case Down _, BackingOff _, Launching _ -> Step.same(instance);
        };
        return unwatch.before(after);
    }

    /// A run is over that nobody asked to end: what follows is the restart policy's matter, unless it shall not run anyway.
    private static Step over(Instance instance, String spec, Exit exit, String words, Duration lived, Now now, double jitter) {
        return switch (instance.goal()) {
            case Goal.Sleep _, Goal.Rest _ -> pursue(instance.in(new Down(InstanceState.STOPPED, ""), words, now.wall()), words, now);
            case Goal.Run(Order order) -> switch (order.restart()) {
                case RestartPolicy.Always() -> backOff(instance, spec, words, lived, now, jitter);
                case RestartPolicy.Never() -> finished(instance, spec, exit, words, now);
                case RestartPolicy.OnFailure(int limit) -> {
                    if (exit.success()) {
                        yield finished(instance, spec, exit, words, now);
                    }
                    yield consecutive(instance, lived) >= limit
                            ? finished(instance, spec, exit, words + "; gave up after " + limit + " attempts", now)
                            : backOff(instance, spec, words, lived, now, jitter);
                }
            };
        };
    }

    private static Step finished(Instance instance, String spec, Exit exit, String words, Now now) {
        InstanceState state = exit.success() ? InstanceState.DONE : InstanceState.FAILED;
        Instance over = instance.in(new Down(state, spec), words, now.wall());
        return pursue(over, words, now); // the order may have changed meanwhile
    }

    private static Step backOff(Instance instance, String spec, String words, Duration lived, Now now, double jitter) {
        int failures = consecutive(instance, lived);
        Duration delay = BACKOFF.delay(failures, jitter);
        String why = words + AGAIN + Durations.words(delay);
        Instance waiting = instance.failing(failures + 1).in(new BackingOff(spec), why, now.wall());
        Step step = timed(waiting, delay);
        return step.before(pursue(step.next(), why, now));
    }

    private static int consecutive(Instance instance, Duration lived) {
        return lived.compareTo(STABLE) >= 0 ? 0 : instance.failures();
    }

    private static Step timed(Instance instance, Duration delay) {
        Instance next = instance.nextTurn();
        return new Step(next, List.of(new Effect.SetTimer(next.turn(), delay)));
    }
}
