package reeve.sleep;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.base.Durations;
import reeve.base.Now;
import reeve.model.SleepKind;
import reeve.model.SleepSpec;
import reeve.sleep.Effect.Answer;
import reeve.sleep.Effect.AnswerWaiting;
import reeve.sleep.Effect.HoldAlways;
import reeve.sleep.Effect.Join;
import reeve.sleep.Effect.Release;
import reeve.sleep.Effect.Reply;
import reeve.sleep.Effect.SetTimer;
import reeve.sleep.Effect.TryHold;
import reeve.sleep.Effect.WantAsleep;
import reeve.sleep.Effect.WantRunning;
import reeve.sleep.Effect.WriteDown;
import reeve.sleep.Event.Declared;
import reeve.sleep.Event.Forgotten;
import reeve.sleep.Event.HoldRefused;
import reeve.sleep.Event.HoldTaken;
import reeve.sleep.Event.Requested;
import reeve.sleep.Event.Seen;
import reeve.sleep.Event.SleepAsked;
import reeve.sleep.Event.TimerFired;
import reeve.sleep.Event.WakeAsked;

/// What a service does next between awake and asleep. Pure.
///
/// Falling asleep has two phases. In the first, [State.FallingAsleep], new requests are held already and any of them calls it
/// off for free. The second, [State.Suspending], must be waited for; what arrives then is held, and wakes it straight away.
/// Once it is there, requests are let through again only by the arrival in [State.Awake], or when the service is forgotten.
///
/// | from                          | on                                    | to            | and                                      |
/// |-------------------------------|---------------------------------------|---------------|------------------------------------------|
/// | Awake                         | idle long enough; sleep asked         | FallingAsleep | try to hold                              |
/// | FallingAsleep                 | hold refused; request; wake asked     | Awake         | release, set the timer                   |
/// | FallingAsleep                 | timer, nothing was opened since, every proxy holds | Suspending | want asleep                    |
/// | FallingAsleep                 | a proxy does not confirm in time      | Awake         | release, set the timer                   |
/// | FallingAsleep                 | seen Busy, WakeFailed                 | Busy          | release                                  |
/// | Suspending                    | seen Asleep                           | Asleep        | Waking where somebody wants it meanwhile |
/// | Suspending                    | seen SleepFailed                      | Busy          |                                          |
/// | Asleep                        | request; wake asked                   | Waking        | want running, once                       |
/// | Waking                        | seen Awake                            | Awake         | release, answer who waits, set the timer |
/// | Waking, Busy, Asleep, Down    | seen WakeFailed                       | BackingOff    | answer who waits                         |
/// | BackingOff                    | request after the delay; wake asked   | Waking        | want running, once                       |
/// | any                           | seen Down                             | Down          | answer who waits                         |
/// | Busy, Asleep, BackingOff, Down | seen Awake                           | Awake         | release, answer who waits, set the timer |
/// | Busy, Awake, FallingAsleep, Down | seen Asleep                        | Asleep        | hold always; Waking where a request waits |
/// | Awake, Asleep, Down           | seen Busy; Awake: seen WakeFailed     | Busy          |                                          |
final class SleepPolicy {
    /// How long a request can still call off falling asleep for free.
    static final Duration REVOCABLE = Duration.ofMillis(20);
    /// How long proxies in other processes have to confirm a hold; longer than they are counted without a sign of life.
    static final Duration CONFIRMED = Duration.ofSeconds(30);
    /// What a request is told that was refused for want of room, or that met a service that is down.
    static final Duration RETRY_LATER = Duration.ofSeconds(1);

    private static final WakeGate.Outcome IS_AWAKE = new WakeGate.Outcome.Awake();
    private static final Asked ACCEPTED = new Asked.Accepted();
    private static final String A_REQUEST = "a request came";

    private SleepPolicy() {}

    /// @param spec of the service, as declared last
    /// @param now  as of the event, read once by the loop
    /// @return the next state, and the effects to carry out in their order; never fails
    static Step decide(SleepSpec.WhenIdle spec, State state, Event event, Now now) {
        return switch (state) {
            case State.Busy s -> whileBusy(spec, s, event, now);
            case State.Awake s -> whileAwake(spec, s, event, now);
            case State.FallingAsleep s -> whileFallingAsleep(spec, s, event, now);
            case State.Suspending s -> whileSuspending(spec, s, event, now);
            case State.Asleep s -> whileAsleep(spec, s, event, now);
            case State.Waking s -> whileWaking(spec, s, event, now);
            case State.BackingOff s -> whileBackingOff(spec, s, event, now);
            case State.Down s -> whileDown(spec, s, event, now);
        };
    }

    private static Step whileBusy(SleepSpec.WhenIdle spec, State.Busy s, Event event, Now now) {
        return switch (event) {
            case Seen(Observed.Awake()) -> awake(spec, now, "its instances run");
            case Seen(Observed.Asleep(var how)) -> foundAsleep(how, s.wake(), now);
            case Seen(Observed.Down(var reason)) -> down(reason, now);
            case Seen(Observed.WakeFailed(var reason, var retryAfter)) -> backOff(reason, retryAfter, now);
            case Requested(var room) -> room ? Step.to(wakeIfAsleep(s, A_REQUEST), new Join()) : full(s);
            case WakeAsked(var why) -> Step.to(wakeIfAsleep(s, why), new Reply(ACCEPTED));
            case SleepAsked _ -> refuse(s, "its instances are starting");
            case HoldTaken _ -> Step.to(s, new Release()); // a hold that nobody wants any more
            case Forgotten() -> forget(s);
            case Seen(Observed.Busy()), Seen(Observed.SleepFailed _), Declared(), TimerFired _, HoldRefused _ -> same(s);
        };
    }

    private static Step whileAwake(SleepSpec.WhenIdle spec, State.Awake s, Event event, Now now) {
        return switch (event) {
            case TimerFired(var activity) -> {
                Duration idle = idle(s, activity, now);
                yield idle.compareTo(spec.after()) < 0
                        ? Step.to(s, new SetTimer(spec.after().minus(idle)))
                        : Step.to(new State.FallingAsleep(now, activity.opened(), "idle for " + Durations.words(idle)), new TryHold());
            }
            case SleepAsked(var activity) -> activity.open() > 0
                    ? refuse(s, whatIsOpen(activity))
                    : Step.to(new State.FallingAsleep(now, activity.opened(), "a user asked for it"), new TryHold());
            case Declared() -> Step.to(s, new SetTimer(Duration.ZERO)); // the moment to look again may have moved
            case Seen(Observed.Asleep(var how)) -> foundAsleep(how, Optional.empty(), now);
            case Seen(Observed.Busy()), Seen(Observed.WakeFailed _) -> Step.to(new State.Busy(now, Optional.empty()));
            case Seen(Observed.Down(var reason)) -> down(reason, now);
            case Requested _ -> Step.to(s, new Answer(IS_AWAKE));
            case WakeAsked _ -> Step.to(s, new Reply(ACCEPTED));
            case HoldTaken _ -> Step.to(s, new Release()); // a hold that nobody wants any more
            case Forgotten() -> forget(s);
            case Seen(Observed.Awake()), Seen(Observed.SleepFailed _), HoldRefused _ -> same(s);
        };
    }

    private static Step whileFallingAsleep(SleepSpec.WhenIdle spec, State.FallingAsleep s, Event event, Now now) {
        return switch (event) {
            case HoldTaken(var activity) -> quietSince(s, activity)
                    ? Step.to(s, new Reply(ACCEPTED), new SetTimer(REVOCABLE))
                    : revoke(spec, now, "a request came and went", new Reply(new Asked.Refused("a request came and went")));
            case HoldRefused(var activity) -> revoke(spec, now, whatIsOpen(activity), new Reply(new Asked.Refused(whatIsOpen(activity))));
            case TimerFired(var activity) -> {
                if (!now.elapsed().reached(s.since().elapsed().plus(REVOCABLE))) {
                    yield same(s);
                }
                if (!quietSince(s, activity)) {
                    yield revoke(spec, now, whatIsOpen(activity));
                }
                if (activity.unconfirmed() == 0) {
                    yield suspend(spec, s, now);
                }
                yield now.elapsed().reached(s.since().elapsed().plus(CONFIRMED))
                        ? revoke(spec, now, "a proxy does not confirm that it holds requests") : Step.to(s, new SetTimer(REVOCABLE));
            }
            case Requested _ -> revoke(spec, now, A_REQUEST, new Answer(IS_AWAKE));
            case WakeAsked(var why) -> revoke(spec, now, why, new Reply(ACCEPTED));
            case SleepAsked _ -> Step.to(s, new Reply(ACCEPTED));
            case Seen(Observed.Asleep(var how)) -> foundAsleep(how, Optional.empty(), now);
            case Seen(Observed.Busy()), Seen(Observed.WakeFailed _) -> Step.to(new State.Busy(now, Optional.empty()), new Release());
            case Seen(Observed.Down(var reason)) -> down(reason, now);
            case Forgotten() -> forget(s);
            case Seen(Observed.Awake()), Seen(Observed.SleepFailed _), Declared() -> same(s);
        };
    }

    private static Step whileSuspending(SleepSpec.WhenIdle spec, State.Suspending s, Event event, Now now) {
        return switch (event) {
            case Seen(Observed.Asleep(var how)) -> s.wake().isPresent()
                    ? wake(s.wake().get(), now)
                    : Step.to(new State.Asleep(now, how, s.why()), writeDown("asleep", s.why()));
            case Seen(Observed.SleepFailed(var reason)) -> Step.to(new State.Busy(now, s.wake()), writeDown("sleep_failed", reason));
            case Seen(Observed.Down(var reason)) -> down(reason, now);
            case Requested(var room) -> room ? Step.to(wakeOnceAsleep(s, A_REQUEST), new Join()) : full(s);
            case WakeAsked(var why) -> Step.to(wakeOnceAsleep(s, why), new Reply(ACCEPTED));
            case SleepAsked _ -> s.wake().isPresent() ? refuse(s, "it wakes again: " + s.wake().get()) : Step.to(s, new Reply(ACCEPTED));
            case Forgotten() -> forget(s);
            case Seen(Observed.Awake()), Seen(Observed.Busy()), Seen(Observed.WakeFailed _) -> same(s); // seen before our wish arrived
            case Declared(), TimerFired _, HoldTaken _, HoldRefused _ -> same(s);
        };
    }

    private static Step whileAsleep(SleepSpec.WhenIdle spec, State.Asleep s, Event event, Now now) {
        return switch (event) {
            case Requested(var room) -> room ? wake(A_REQUEST, now, new Join()) : full(s);
            case WakeAsked(var why) -> wake(why, now, new Reply(ACCEPTED));
            case SleepAsked _ -> Step.to(s, new Reply(ACCEPTED));
            case Seen(Observed.Awake()) -> awake(spec, now, "it was woken from outside");
            case Seen(Observed.Busy()) -> Step.to(new State.Busy(now, Optional.empty()));
            case Seen(Observed.Down(var reason)) -> down(reason, now);
            case Forgotten() -> forget(s);
            case Seen(Observed.WakeFailed(var reason, var retryAfter)) -> backOff(reason, retryAfter, now);
            case Seen(Observed.Asleep _), Seen(Observed.SleepFailed _) -> same(s);
            case Declared(), TimerFired _, HoldTaken _, HoldRefused _ -> same(s);
        };
    }

    private static Step whileWaking(SleepSpec.WhenIdle spec, State.Waking s, Event event, Now now) {
        return switch (event) {
            case Seen(Observed.Awake()) -> awake(spec, now, s.why());
            case Seen(Observed.WakeFailed(var reason, var retryAfter)) -> backOff(reason, retryAfter, now);
            case Seen(Observed.Down(var reason)) -> down(reason, now);
            case Requested(var room) -> room ? Step.to(s, new Join()) : full(s);
            case WakeAsked _ -> Step.to(s, new Reply(ACCEPTED));
            case SleepAsked _ -> refuse(s, "it is waking: " + s.why());
            case Forgotten() -> forget(s);
            case Seen(Observed.Asleep _), Seen(Observed.Busy()), Seen(Observed.SleepFailed _) -> same(s); // seen before our wish arrived
            case Declared(), TimerFired _, HoldTaken _, HoldRefused _ -> same(s);
        };
    }

    private static Step whileBackingOff(SleepSpec.WhenIdle spec, State.BackingOff s, Event event, Now now) {
        return switch (event) {
            case Requested(var room) -> {
                Duration left = s.until().since(now.elapsed());
                if (left.isPositive()) {
                    yield Step.to(s, new Answer(new WakeGate.Outcome.Failed(s.reason(), left)));
                }
                yield room ? wake(A_REQUEST, now, new Join()) : full(s);
            }
            case WakeAsked(var why) -> wake(why, now, new Reply(ACCEPTED)); // a person may try again at once
            case SleepAsked _ -> refuse(s, "its wake failed: " + s.reason());
            case Seen(Observed.Awake()) -> awake(spec, now, "it runs after all");
            case Seen(Observed.Down(var reason)) -> down(reason, now);
            case Forgotten() -> forget(s);
            case Seen(Observed.Asleep _), Seen(Observed.Busy()), Seen(Observed.SleepFailed _), Seen(Observed.WakeFailed _) -> same(s);
            case Declared(), TimerFired _, HoldTaken _, HoldRefused _ -> same(s);
        };
    }

    private static Step whileDown(SleepSpec.WhenIdle spec, State.Down s, Event event, Now now) {
        return switch (event) {
            case Seen(Observed.Awake()) -> awake(spec, now, "it runs again");
            case Seen(Observed.Busy()) -> Step.to(new State.Busy(now, Optional.empty()));
            case Seen(Observed.Asleep(var how)) -> foundAsleep(how, Optional.empty(), now);
            case Seen(Observed.Down(var reason)) -> Step.to(new State.Down(s.since(), reason));
            case Requested _ -> Step.to(s, new Answer(new WakeGate.Outcome.Failed(s.reason(), RETRY_LATER)));
            case WakeAsked _, SleepAsked _ -> refuse(s, s.reason());
            case Forgotten() -> forget(s);
            case Seen(Observed.WakeFailed(var reason, var retryAfter)) -> backOff(reason, retryAfter, now);
            case Seen(Observed.SleepFailed _), Declared(), TimerFired _, HoldTaken _, HoldRefused _ -> same(s);
        };
    }

    /// How long nothing was open, as far as it counts: a wake gives it the whole idle time again.
    static Duration idle(State.Awake s, Traffic.Activity activity, Now now) {
        if (activity.open() > 0) {
            return Duration.ZERO;
        }
        Duration awakeFor = now.elapsed().since(s.since().elapsed());
        return awakeFor.compareTo(activity.idleFor()) < 0 ? awakeFor : activity.idleFor();
    }

    private static boolean quietSince(State.FallingAsleep s, Traffic.Activity activity) {
        return activity.open() == 0 && activity.opened() == s.opened();
    }

    private static Step awake(SleepSpec.WhenIdle spec, Now now, String why) {
        // released first: a request that is answered finds the way free
        return Step.to(new State.Awake(now), new Release(), new AnswerWaiting(IS_AWAKE), new SetTimer(spec.after()),
                writeDown("awake", why));
    }

    private static Step revoke(SleepSpec.WhenIdle spec, Now now, String why, Effect... answer) {
        List<Effect> effects = new ArrayList<>(List.of(new Release()));
        effects.addAll(List.of(answer));
        effects.addAll(List.of(new SetTimer(spec.after()), writeDown("stays_awake", why)));
        return new Step(new State.Awake(now), effects);
    }

    private static Step suspend(SleepSpec.WhenIdle spec, State.FallingAsleep s, Now now) {
        return Step.to(new State.Suspending(now, s.why(), Optional.empty()), new WantAsleep(spec.how(), s.why()),
                new WriteDown("falling_asleep", s.why(), Map.of("how", spec.how().word())));
    }

    private static Step foundAsleep(SleepKind how, Optional<String> wake, Now now) {
        return wake.isPresent()
                ? wake(wake.get(), now, new HoldAlways())
                : Step.to(new State.Asleep(now, how, "found asleep"), new HoldAlways(), writeDown("asleep", "found asleep"));
    }

    private static Step wake(String why, Now now, Effect... first) {
        List<Effect> effects = new ArrayList<>(List.of(first));
        effects.addAll(List.of(new WantRunning(why), writeDown("waking", why)));
        return new Step(new State.Waking(now, why), effects);
    }

    private static Step backOff(String reason, Duration retryAfter, Now now) {
        return Step.to(new State.BackingOff(now, reason, now.elapsed().plus(retryAfter)),
                new AnswerWaiting(new WakeGate.Outcome.Failed(reason, retryAfter)),
                new WriteDown("wake_failed", reason, Map.of("retry_after", Durations.words(retryAfter))));
    }

    private static Step down(String reason, Now now) {
        return Step.to(new State.Down(now, reason), new AnswerWaiting(new WakeGate.Outcome.Failed(reason, RETRY_LATER)));
    }

    private static Step forget(State s) {
        var gone = new WakeGate.Outcome.Failed("it does not sleep any more, or is gone", RETRY_LATER);
        return Step.to(s, new Release(), new AnswerWaiting(gone));
    }

    private static Step full(State s) {
        return Step.to(s, new Answer(new WakeGate.Outcome.Refused(RETRY_LATER)));
    }

    private static Step refuse(State s, String reason) {
        return Step.to(s, new Reply(new Asked.Refused(reason)));
    }

    private static Step same(State s) {
        return Step.to(s);
    }

    private static State wakeIfAsleep(State.Busy s, String why) {
        return s.wake().isPresent() ? s : new State.Busy(s.since(), Optional.of(why));
    }

    private static State wakeOnceAsleep(State.Suspending s, String why) {
        return s.wake().isPresent() ? s : new State.Suspending(s.since(), s.why(), Optional.of(why));
    }

    static String whatIsOpen(Traffic.Activity activity) {
        return switch ((int) Math.min(activity.open(), Integer.MAX_VALUE)) {
            case 0 -> "a request came and went";
            case 1 -> "1 request is open";
            default -> activity.open() + " requests are open";
        };
    }

    private static WriteDown writeDown(String what, String why) {
        return new WriteDown(what, why, Map.of());
    }
}
