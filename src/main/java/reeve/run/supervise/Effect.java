package reeve.run.supervise;

import java.time.Duration;
import reeve.model.StopSignal;

/// What an instance's machine wants done. Carried out in order, in the instance's own lane, except timers and probes,
/// which wait for nothing.
public sealed interface Effect {

    /// Start it from its current declaration; answered by `Started`, `StartFailed` or `StartFoundAnother`.
    record Start(String spec) implements Effect {}

    record Signal(Driver.Run run, StopSignal signal) implements Effect {}

    /// Wait until it has no requests any more; answered by `Drained`.
    /// @param limit how long at most
    record Drain(Driver.Run run, Duration limit) implements Effect {}

    /// Answered by `FreezeDone` or `FreezeFailed`.
    record Freeze(Driver.Run run) implements Effect {}

    /// Answered by `ThawDone` or `ThawFailed`.
    record Thaw(Driver.Run run) implements Effect {}

    /// Ask it from now on, at first in quick succession.
    record Watch(Driver.Run run, Check check) implements Effect {
        public Watch(Driver.Run run) {
            this(run, Check.HEALTH);
        }
    }

    /// Ask it nothing any more.
    record Unwatch(Driver.Run run) implements Effect {}

    /// Send `TimerFired(turn)` after the delay.
    record SetTimer(long turn, Duration delay) implements Effect {}
}
