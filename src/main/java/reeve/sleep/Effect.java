package reeve.sleep;

import java.time.Duration;
import java.util.Map;
import reeve.model.SleepKind;

/// What the loop carries out, in the order given.
sealed interface Effect {

    record TryHold() implements Effect {}

    record HoldAlways() implements Effect {}

    record Release() implements Effect {}

    record WantAsleep(SleepKind how, String why) implements Effect {}

    record WantRunning(String why) implements Effect {}

    /// Replaces the service's timer.
    record SetTimer(Duration delay) implements Effect {}

    /// The request of this event waits with the others.
    record Join() implements Effect {}

    /// Answers the request of this event.
    record Answer(WakeGate.Outcome outcome) implements Effect {}

    /// Answers every request that waits.
    record AnswerWaiting(WakeGate.Outcome outcome) implements Effect {}

    /// Answers whoever asked for sleep or for a wake.
    record Reply(Asked asked) implements Effect {}

    record WriteDown(String what, String why, Map<String, String> facts) implements Effect {}
}
