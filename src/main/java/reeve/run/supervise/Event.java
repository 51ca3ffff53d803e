package reeve.run.supervise;

import java.util.Optional;
import reeve.model.Exit;

/// What an instance's machine is told.
public sealed interface Event {

    /// Reconcile wants something else of it.
    record Wanted(Goal goal, String why) implements Event {}

    /// A user wants what failed or finished to be tried afresh.
    record Reset() implements Event {}

    /// It was found running when Reeve started.
    /// @param proven whether it may be taken for healthy until a probe says otherwise
    record FoundAlive(Driver.Run run, String spec, boolean suspended, boolean proven) implements Event {}

    /// It was found to have ended while no Reeve was there.
    record FoundEnded(String spec, Exit exit) implements Event {}

    record Started(Driver.Run run) implements Event {}

    /// It runs, but what belongs to its start went wrong: it shall not stay.
    record StartedInVain(Driver.Run run, String reason) implements Event {}

    record StartFailed(String reason) implements Event {}

    /// Something that is not Reeve's has its place.
    record StartConflict(String reason) implements Event {}

    /// What a long start is doing.
    record StartProgress(String doing) implements Event {}

    /// The driver found another run of it alive instead of starting one.
    record StartFoundAnother(Driver.Run run) implements Event {}

    record Ended(Driver.Run run, Exit exit) implements Event {}

    /// The program told something itself.
    record Notified(Driver.Run run, Driver.Notice notice) implements Event {}

    /// The runtime does not answer: nothing is known of the instance, and nothing is done.
    record RuntimeSilent(String reason) implements Event {}

    /// The runtime answers again; what it knows of the instance.
    record RuntimeAnswers(Optional<Driver.Found> found) implements Event {}

    /// It has no requests any more, or had time enough to finish them.
    record Drained(Driver.Run run) implements Event {}

    record ProbePassed(Driver.Run run, Check check) implements Event {
        public ProbePassed(Driver.Run run) {
            this(run, Check.HEALTH);
        }
    }

    record ProbeFailed(Driver.Run run, Check check, String reason) implements Event {
        public ProbeFailed(Driver.Run run, String reason) {
            this(run, Check.HEALTH, reason);
        }
    }

    record FreezeDone(Driver.Run run) implements Event {}

    record FreezeFailed(Driver.Run run, String reason) implements Event {}

    record ThawDone(Driver.Run run) implements Event {}

    record ThawFailed(Driver.Run run, String reason) implements Event {}

    /// @param turn of the instance when the timer was set
    record TimerFired(long turn) implements Event {}
}
