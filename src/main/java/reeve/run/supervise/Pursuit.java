package reeve.run.supervise;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import reeve.base.Now;
import reeve.model.InstanceState;
import reeve.run.supervise.Goal.Order;
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

/// The next step from a settled phase towards the goal: the table of [Supervision]. In any other phase, none.
final class Pursuit {
    private Pursuit() {}

    static Step pursue(Instance instance, String why, Now now) {
        return switch (instance.goal()) {
            case Goal.Run(Order order) -> run(instance, order, why, now);
            case Goal.Sleep(var how, Order order) -> switch (how) {
                case FREEZE -> freeze(instance, order, why, now);
                case STOP -> sleepByStop(instance, why, now);
            };
            case Goal.Rest rest -> rest(instance, rest, now);
        };
    }

    private static Step run(Instance instance, Order order, String why, Now now) {
        return switch (instance.phase()) {
            case Down(InstanceState shown, _) ->
                instance.latched(order) ? Step.same(instance) : launch(instance, order, shown == InstanceState.ASLEEP, why, now);
            case BackingOff(String spec, _) -> spec.equals(order.spec()) ? Step.same(instance)
                    : launch(instance.failing(Failures.NONE), order, false, "its declaration changed", now);
            case Starting(Live live, _, _, _, _) -> live.spec().equals(order.spec()) ? Step.same(instance)
                    : stop(instance, live, Aim.REPLACE, why, now);
            case Up(Live live, _, _) -> live.spec().equals(order.spec()) ? Step.same(instance)
                    : retire(instance, live, Aim.REPLACE, order.drain(), why, now);
            case Frozen(Live live) -> live.spec().equals(order.spec())
                    ? new Step(instance.in(new Thawing(live), why, now.wall()), List.of(new Effect.Thaw(live.run())))
                    : stop(instance, live, Aim.REPLACE, why, now);
            case Launching _, Freezing _, Thawing _, Draining _, Stopping _, Unknown _ -> Step.same(instance);
        };
    }

    private static Step freeze(Instance instance, Order order, String why, Now now) {
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
            case Starting _, Launching _, Freezing _, Thawing _, Draining _, Stopping _, Unknown _ -> Step.same(instance);
        };
    }

    private static Step sleepByStop(Instance instance, String why, Now now) {
        return switch (instance.phase()) {
            case Down(_, String latch) -> Step.same(instance.in(new Down(InstanceState.ASLEEP, latch), why, now.wall()));
            case BackingOff _ -> Step.same(instance.in(new Down(InstanceState.ASLEEP, ""), why, now.wall()));
            case Starting(Live live, _, _, _, _) -> stop(instance, live, Aim.SLEEP, why, now);
            case Up(Live live, _, _) -> stop(instance, live, Aim.SLEEP, why, now);
            case Frozen(Live live) -> stop(instance, live, Aim.SLEEP, why, now);
            case Launching _, Freezing _, Thawing _, Draining _, Stopping _, Unknown _ -> Step.same(instance);
        };
    }

    private static Step rest(Instance instance, Goal.Rest rest, Now now) {
        String why = rest.reason();
        return switch (instance.phase()) {
            case Down(_, String latch) -> Step.same(instance.in(new Down(rest.shown(), latch), why, now.wall()));
            case BackingOff _ -> Step.same(instance.in(new Down(rest.shown(), ""), why, now.wall()));
            case Starting(Live live, _, _, _, _) -> stop(instance, live, Aim.REST, why, now);
            case Up(Live live, _, _) -> retire(instance, live, Aim.REST, rest.drain(), why, now);
            case Frozen(Live live) -> stop(instance, live, Aim.REST, why, now);
            case Draining(Live live, _) -> rest.drain().isZero() ? stop(instance, live, Aim.REST, why, now)
                    : Step.same(instance.in(new Draining(live, Aim.REST), why, now.wall()));
            case Stopping(Live live, _, int kills) -> Step.same(instance.in(new Stopping(live, Aim.REST, kills), why, now.wall()));
            case Launching _, Freezing _, Thawing _, Unknown _ -> Step.same(instance);
        };
    }

    static Step launch(Instance instance, Order order, boolean waking, String why, Now now) {
        return new Step(instance.in(new Launching(order.spec(), waking), why, now.wall()), List.of(new Effect.Start(order.spec())));
    }

    /// Ends a run that serves: it first finishes what it has begun.
    private static Step retire(Instance instance, Live live, Aim aim, Duration drain, String why, Now now) {
        return drain.isZero() ? stop(instance, live, aim, why, now)
                : new Step(instance.in(new Draining(live, aim), why, now.wall()),
                        List.of(new Effect.Unwatch(live.run()), new Effect.Drain(live.run(), drain)));
    }

    static Step stop(Instance instance, Live live, Aim aim, String why, Now now) {
        boolean suspended = instance.phase() instanceof Frozen || instance.phase() instanceof Thawing;
        Instance stopping = instance.in(new Stopping(live, aim, 0), why, now.wall()).nextTurn();
        var effects = new ArrayList<Effect>();
        effects.add(new Effect.Unwatch(live.run()));
        effects.add(new Effect.Signal(live.run(), instance.order().stopSignal()));
        if (suspended) {
            effects.add(new Effect.Thaw(live.run())); // a suspended program sees its signal only when it goes on
        }
        effects.add(new Effect.SetTimer(stopping.turn(), instance.order().stopGrace()));
        return new Step(stopping, effects);
    }
}
