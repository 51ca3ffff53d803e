package reeve.sleep;

import java.util.Optional;
import reeve.base.Elapsed;
import reeve.base.Now;
import reeve.model.SleepKind;

/// Where a service stands between awake and asleep. [SleepPolicy] alone moves it.
sealed interface State {
    Now since();

    /// The word people see.
    default String word() {
        return switch (this) {
            case Busy _ -> "busy";
            case Awake _ -> "awake";
            case FallingAsleep _, Suspending _ -> "falling_asleep";
            case Asleep _ -> "asleep";
            case Waking _ -> "waking";
            case BackingOff _ -> "backing_off";
            case Down _ -> "down";
        };
    }

    /// Not observed yet, or its instances start for reasons of their own.
    /// @param wake why it is woken at once should it turn out to be asleep
    record Busy(Now since, Optional<String> wake) implements State {}

    /// Requests pass. Idle time counts from the last byte or from `since`, whichever is later.
    record Awake(Now since) implements State {}

    /// New requests are held, and one of them still calls it off at no cost.
    /// @param opened requests ever opened when it was found idle; one more calls it off
    record FallingAsleep(Now since, long opened, String why) implements State {}

    /// Its instances are being suspended: no way back before the answer is there.
    /// @param wake why it is woken as soon as it is asleep
    record Suspending(Now since, String why, Optional<String> wake) implements State {}

    record Asleep(Now since, SleepKind how, String why) implements State {}

    /// It was asked to run, once; every request waits for the answer.
    record Waking(Now since, String why) implements State {}

    /// Its wake failed. Until the delay is over, requests get the same reason at once.
    record BackingOff(Now since, String reason, Elapsed until) implements State {}

    record Down(Now since, String reason) implements State {}
}
