package reeve.run.supervise;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import reeve.base.Durations;
import reeve.base.Elapsed;
import reeve.base.Now;
import reeve.model.Healthcheck;
import reeve.run.supervise.Goal.Order;
import reeve.run.supervise.Phase.Aim;
import reeve.run.supervise.Phase.Awaited;
import reeve.run.supervise.Phase.Fitness;
import reeve.run.supervise.Phase.Live;
import reeve.run.supervise.Phase.Starting;
import reeve.run.supervise.Phase.Up;

/// From a run's first moment to its being up, and whether it stays fit: what probes find, and what the program tells itself.
final class Health {
    /// How long a program may take to tell that it is ready where nothing probes it (systemd's `TimeoutStartSec`).
    static final Duration READY_LIMIT = Duration.ofSeconds(90);

    private Health() {}

    /// A run that just started. It is up once it has shown all that is asked of it, at once where nothing is.
    static Step begin(Instance instance, Live live, boolean waking, Now now) {
        return begin(instance, live, waking, instance.order().notification().ready(), now);
    }

    /// A run that goes on after a sleep: it told long ago that it is ready.
    static Step resume(Instance instance, Live live, Now now) {
        return begin(instance, live, true, false, now);
    }

    private static Step begin(Instance instance, Live live, boolean waking, boolean notice, Now now) {
        Order order = instance.order();
        Set<Awaited> awaited = awaited(order, notice);
        if (awaited.isEmpty()) {
            return new Step(instance, watches(order, live)).before(up(instance, live, waking ? "awake" : "started", now));
        }
        Instance starting = instance.in(new Starting(live, waking, now.elapsed(), awaited, Tally.NONE), instance.reason(), now.wall());
        List<Effect> first = present(order, Check.STARTUP) ? List.of(new Effect.Watch(live.run(), Check.STARTUP)) : watches(order, live);
        Step step = new Step(starting, first);
        return notice ? step.before(Step.timed(starting, READY_LIMIT)) : step;
    }

    private static Set<Awaited> awaited(Order order, boolean notice) {
        Set<Awaited> awaited = EnumSet.noneOf(Awaited.class);
        if (notice) {
            awaited.add(Awaited.NOTICE);
        }
        if (present(order, Check.STARTUP)) {
            awaited.add(Awaited.STARTUP);
        }
        if (present(order, Check.HEALTH)) {
            awaited.add(Awaited.HEALTH);
        }
        if (present(order, Check.READINESS)) {
            awaited.add(Awaited.READINESS);
        }
        return awaited;
    }

    private static boolean present(Order order, Check check) {
        return check.of(order).present();
    }

    /// All that is asked of a run that has started up.
    static List<Effect> watches(Order order, Live live) {
        return Arrays.stream(Check.values()).filter(check -> check != Check.STARTUP && present(order, check))
                .<Effect>map(check -> new Effect.Watch(live.run(), check)).toList();
    }

    /// A run that is taken for healthy, until something says otherwise.
    static Step up(Instance instance, Live live, String why, Now now) {
        return fed(instance.in(new Up(live, Tally.NONE, Fitness.FIT), why, now.wall()));
    }

    /// The watchdog's time begins anew.
    private static Step fed(Instance instance) {
        return instance.order().notification().watchdog().map(interval -> Step.timed(instance, interval)).orElse(Step.same(instance));
    }

    /// What the program must show changed while it ran: it is asked anew.
    static Step reask(Instance instance, Now now) {
        Order order = instance.order();
        return switch (instance.phase()) {
            case Starting(Live live, boolean waking, _, Set<Awaited> awaited, _) ->
                    new Step(instance, List.of(new Effect.Unwatch(live.run())))
                    .before(begin(instance, live, waking, awaited.contains(Awaited.NOTICE) && order.notification().ready(), now));
            case Up(Live live, _, Fitness fitness) -> {
                Instance fit = fitness == Fitness.FIT ? quiet(instance, new Up(live, Tally.NONE, fitness))
                        : instance.in(new Up(live, Tally.NONE, Fitness.FIT), "its healthcheck changed", now.wall());
                yield new Step(fit, List.of(new Effect.Unwatch(live.run()))).before(new Step(fit, watches(order, live))).before(fed(fit));
            }
            case Phase.Down _, Phase.BackingOff _, Phase.Launching _, Phase.Freezing _, Phase.Frozen _, Phase.Thawing _, Phase.Draining _,
                    Phase.Stopping _, Phase.Unknown _ -> Step.same(instance);
        };
    }

    static Step notified(Instance instance, Driver.Notice notice, Now now) {
        return switch (notice) {
            case Driver.Notice.Ready() -> instance.phase() instanceof Starting starting ? shown(instance, starting, Awaited.NOTICE, now)
                    : Step.same(instance);
            case Driver.Notice.Watchdog() -> instance.phase() instanceof Up(_, _, Fitness fitness) && fitness != Fitness.UNHEALTHY
                    ? fed(instance) : Step.same(instance);
            case Driver.Notice.Status _ -> Step.same(instance); // the driver keeps it
        };
    }

    static Step passed(Instance instance, Check check, Now now) {
        return switch (instance.phase()) {
            case Starting starting -> switch (check) {
                case STARTUP -> new Step(instance, List.of(new Effect.Unwatch(starting.live().run())))
                        .before(new Step(instance, watches(instance.order(), starting.live())))
                        .before(shown(instance, starting, Awaited.STARTUP, now));
                case HEALTH -> shown(instance, starting, Awaited.HEALTH, now);
                case READINESS -> shown(instance, starting, Awaited.READINESS, now);
                case LIVENESS -> Step.same(instance);
            };
            case Up(Live live, Tally failures, Fitness fitness) -> {
                boolean well = fitness == Fitness.UNHEALTHY && check == Check.HEALTH || fitness == Fitness.UNREADY
                        && check == Check.READINESS;
                yield well ? up(instance, live, fitness == Fitness.UNREADY ? "ready again" : "healthy again", now)
                        : Step.same(quiet(instance, new Up(live, failures.passed(check), fitness)));
            }
            case Phase.Down _, Phase.BackingOff _, Phase.Launching _, Phase.Freezing _, Phase.Frozen _, Phase.Thawing _, Phase.Draining _,
                    Phase.Stopping _, Phase.Unknown _ -> Step.same(instance);
        };
    }

    private static Step shown(Instance instance, Starting starting, Awaited shown, Now now) {
        var awaited = EnumSet.noneOf(Awaited.class);
        awaited.addAll(starting.awaited());
        awaited.remove(shown);
        if (!awaited.isEmpty()) {
            return Step.same(quiet(instance,
                    new Starting(starting.live(), starting.waking(), starting.since(), awaited, starting.failures())));
        }
        String how = shown == Awaited.NOTICE ? "ready" : "healthy";
        String why = (starting.waking() ? "awake and " : "") + how + " after " + Durations.words(now.elapsed().since(starting.since()));
        Step up = up(instance, starting.live(), why, now);
        return up.before(Pursuit.pursue(up.next(), why, now));
    }

    static Step failed(Instance instance, Check check, String reason, Now now, double jitter) {
        Healthcheck asked = check.of(instance.order());
        return switch (instance.phase()) {
            case Starting(Live live, boolean waking, Elapsed since, Set<Awaited> awaited, Tally failures) -> {
                boolean counts = now.elapsed().reached(since.plus(asked.startPeriod()));
                Tally next = counts ? failures.failed(check) : failures;
                yield check == Check.READINESS || next.of(check) < asked.retries()
                        ? Step.same(quiet(instance, new Starting(live, waking, since, awaited, next)))
                        : Pursuit.stop(instance, live, Aim.UNHEALTHY,
                                "not healthy after " + Durations.words(now.elapsed().since(since)) + ": " + reason, now);
            }
            case Up(Live live, Tally failures, Fitness fitness) -> {
                Tally next = failures.failed(check);
                yield fitness != Fitness.FIT && check != Check.LIVENESS && !(fitness == Fitness.UNREADY && check == Check.HEALTH)
                        || next.of(check) < asked.retries()
                                ? Step.same(quiet(instance, new Up(live, next, fitness)))
                                : unfit(instance, live, check, next, reason, now, jitter);
            }
            case Phase.Down _, Phase.BackingOff _, Phase.Launching _, Phase.Freezing _, Phase.Frozen _, Phase.Thawing _, Phase.Draining _,
                    Phase.Stopping _, Phase.Unknown _ -> Step.same(instance);
        };
    }

    private static Step unfit(Instance instance, Live live, Check check, Tally failures, String reason, Now now, double jitter) {
        String words = failures.of(check) + " probes failed: " + reason;
        return switch (check) {
            case READINESS -> Step.same(instance.in(new Up(live, failures, Fitness.UNREADY), "not ready, " + words, now.wall()));
            case LIVENESS, STARTUP -> Pursuit.stop(instance, live, Aim.UNHEALTHY, "not alive, " + words, now);
            case HEALTH -> Step.timed(instance.in(new Up(live, failures, Fitness.UNHEALTHY), "unhealthy, " + words, now.wall()),
                    Supervision.BACKOFF.delay(instance.failures().total(), jitter));
        };
    }

    /// The time is over that an unhealthy instance had to recover, or that the program had to tell something.
    static Step late(Instance instance, Now now) {
        return switch (instance.phase()) {
            case Up(Live live, _, Fitness fitness) -> fitness == Fitness.UNHEALTHY
                    ? Pursuit.stop(instance, live, Aim.UNHEALTHY, instance.reason() + "; restarting it", now)
                    : instance.order().notification().watchdog().map(interval -> Pursuit.stop(instance, live, Aim.UNHEALTHY,
                            "its watchdog was not fed for " + Durations.words(interval), now)).orElse(Step.same(instance));
            case Starting(Live live, _, _, Set<Awaited> awaited, _) -> awaited.contains(Awaited.NOTICE)
                    ? Pursuit.stop(instance, live, Aim.UNHEALTHY, "did not tell that it is ready within " + Durations.words(READY_LIMIT),
                            now)
                    : Step.same(instance);
            case Phase.Down _, Phase.BackingOff _, Phase.Launching _, Phase.Freezing _, Phase.Frozen _, Phase.Thawing _, Phase.Draining _,
                    Phase.Stopping _, Phase.Unknown _ -> Step.same(instance);
        };
    }

    /// A change of counters that nobody sees.
    private static Instance quiet(Instance instance, Phase phase) {
        return instance.in(phase, instance.reason(), instance.since());
    }
}
