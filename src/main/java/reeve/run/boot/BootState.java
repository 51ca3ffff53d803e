package reeve.run.boot;

import java.time.Duration;
import java.util.List;
import reeve.base.Elapsed;

/// Where the loop is, what it is told, and what it wants done.
sealed interface BootState {

    /// Nothing but what was adopted runs until recovery is over, or was waited for long enough.
    record Waiting(Elapsed since) implements BootState {}

    /// @param again  another pass was asked for while this one runs
    /// @param ending no other pass follows
    record Passing(boolean again, boolean ending) implements BootState {}

    /// @param until when the next pass begins by itself
    record Resting(Elapsed until) implements BootState {}

    record Ended() implements BootState {}

    sealed interface Event {
        record Began() implements Event {}

        /// Somebody looked whether recovery is over.
        /// @param pending what it still waits for; empty when for nothing
        record Looked(String pending) implements Event {}

        record TimerFired() implements Event {}

        /// Something changed that a pass would do something about.
        record PassAsked() implements Event {}

        record PassEnded() implements Event {}

        record ShutdownAsked() implements Event {}
    }

    sealed interface Effect {
        record Look() implements Effect {}

        record Pass() implements Effect {}

        record SetTimer(Duration delay) implements Effect {}

        /// People should know that it waits, and for what.
        record TellWaiting(String pending) implements Effect {}

        /// It waited long enough and goes on regardless.
        record TellGaveUp(String pending) implements Effect {}

        /// It ends without ever having made a pass.
        record TellLeftEarly() implements Effect {}
    }

    record Step(BootState next, List<Effect> effects) {
        public Step {
            effects = List.copyOf(effects);
        }

        static Step to(BootState next, Effect... effects) {
            return new Step(next, List.of(effects));
        }
    }
}
