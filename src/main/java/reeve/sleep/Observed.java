package reeve.sleep;

import java.time.Duration;
import reeve.model.SleepKind;

/// What reconcile sees of a service as a whole, told in the order in which it happened.
///
/// Whatever the sleep room asked for gets one definite answer, even where nothing had to change for it:
/// [DesiredState#wantAsleep] ends in `Asleep`, `SleepFailed` or `Down`, and [DesiredState#wantRunning] in `Awake`, `WakeFailed`
/// or `Down`. An `Awake` or `Busy` that comes while the first is unanswered, and an `Asleep` while the second is, was true before
/// the wish arrived: it is passed over. The two failures are told once, when they happen or as such an answer; the others may be
/// told again at any time. (Repeated later, an old failure would be taken for the answer to a new wish.)
public sealed interface Observed {

    /// Every wanted instance runs and is healthy, and the route table that says so is already published.
    record Awake() implements Observed {}

    /// No instance gets CPU, and the route table says so.
    record Asleep(SleepKind how) implements Observed {}

    /// Neither: instances start or restart.
    record Busy() implements Observed {}

    /// Stopped by a user, disabled or failed. Requests do not wake it.
    record Down(String reason) implements Observed {}

    /// It could not be put to sleep, or somebody wants it to run after all. What is seen of it now follows, at the latest when
    /// it is awake again: until then its requests wait.
    record SleepFailed(String reason) implements Observed {}

    /// Its instances do not come up, whether they were woken or had ended by themselves.
    /// @param retryAfter no request starts another wake before
    record WakeFailed(String reason, Duration retryAfter) implements Observed {}
}
