package reeve.run.boot;

import java.time.Duration;
import reeve.base.Now;
import reeve.run.boot.BootState.Effect;
import reeve.run.boot.BootState.Ended;
import reeve.run.boot.BootState.Event;
import reeve.run.boot.BootState.Passing;
import reeve.run.boot.BootState.Resting;
import reeve.run.boot.BootState.Step;
import reeve.run.boot.BootState.Waiting;

/// When to look, when to pass, when to end. Pure.
///
/// | state   | event                         | next                                       |
/// |---------|-------------------------------|--------------------------------------------|
/// | Waiting | nothing pending, or too long  | Passing                                    |
/// | Waiting | something pending             | Waiting, looks again after [#POLL]         |
/// | Passing | pass ended                    | Resting for [#INTERVAL] from now, or again |
/// | Resting | time is up, or a pass asked   | Passing                                    |
/// | Passing | shutdown                      | Ended when the pass has ended              |
/// | others  | shutdown                      | Ended at once                              |
final class BootPolicy {
    static final Duration POLL = Duration.ofSeconds(5);
    static final Duration PATIENCE = Duration.ofMinutes(30);
    static final Duration INTERVAL = Duration.ofSeconds(30);

    private BootPolicy() {}

    static Step decide(BootState state, Event event, Now now) {
        return switch (state) {
            case Waiting waiting -> waiting(waiting, event, now);
            case Passing passing -> passing(passing, event, now);
            case Resting resting -> switch (event) {
                case Event.TimerFired() -> now.elapsed().reached(resting.until()) ? pass() : Step.to(resting); // one set before
                case Event.PassAsked() -> pass();
                case Event.ShutdownAsked() -> Step.to(new Ended());
                case Event.Began _, Event.Looked _, Event.PassEnded _ -> Step.to(resting);
            };
            case Ended ended -> Step.to(ended);
        };
    }

    private static Step waiting(Waiting waiting, Event event, Now now) {
        return switch (event) {
            case Event.Began(), Event.TimerFired() -> Step.to(waiting, new Effect.Look());
            case Event.Looked(String pending) -> {
                Duration waited = now.elapsed().since(waiting.since());
                if (pending.isEmpty()) {
                    yield pass();
                }
                yield waited.compareTo(PATIENCE) > 0
                        ? Step.to(new Passing(false, false), new Effect.TellGaveUp(pending), new Effect.Pass())
                        : Step.to(waiting, new Effect.TellWaiting(pending), new Effect.SetTimer(POLL));
            }
            case Event.ShutdownAsked() -> Step.to(new Ended(), new Effect.TellLeftEarly());
            case Event.PassAsked _, Event.PassEnded _ -> Step.to(waiting);
        };
    }

    private static Step passing(Passing passing, Event event, Now now) {
        return switch (event) {
            case Event.PassEnded() -> {
                if (passing.ending()) {
                    yield Step.to(new Ended());
                }
                yield passing.again() ? pass() : Step.to(new Resting(now.elapsed().plus(INTERVAL)), new Effect.SetTimer(INTERVAL));
            }
            case Event.PassAsked() -> Step.to(new Passing(true, passing.ending()));
            case Event.ShutdownAsked() -> Step.to(new Passing(false, true));
            case Event.Began _, Event.Looked _, Event.TimerFired _ -> Step.to(passing);
        };
    }

    private static Step pass() {
        return Step.to(new Passing(false, false), new Effect.Pass());
    }
}
