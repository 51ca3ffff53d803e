package reeve.sleep;

/// What can happen to a service. [Traffic.Activity] in an event was read when the event was handled.
sealed interface Event {

    /// Its `sleep` setting is new or has changed.
    record Declared() implements Event {}

    record Seen(Observed what) implements Event {}

    /// A request found it held, or asleep in the route table.
    /// @param room whether the bounds let one more request wait
    record Requested(boolean room) implements Event {}

    record SleepAsked(Traffic.Activity activity) implements Event {}

    record WakeAsked(String why) implements Event {}

    /// The timer that was set last; it may be late, and may belong to a state that is over.
    record TimerFired(Traffic.Activity activity) implements Event {}

    /// Answers to [Effect.TryHold]. Always the very next event after it.
    record HoldTaken(Traffic.Activity activity) implements Event {}

    record HoldRefused(Traffic.Activity activity) implements Event {}

    /// It is not declared any more, or does not sleep any more.
    record Forgotten() implements Event {}
}
