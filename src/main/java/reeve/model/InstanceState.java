package reeve.model;

import java.util.Locale;

/// What an instance is doing, in the words people see.
public enum InstanceState {
    STARTING, RUNNING, UNHEALTHY, REPLACING, FALLING_ASLEEP, ASLEEP, WAKING, STOPPING, STOPPED,
    /// Its gate is closed.
    DISABLED,
    /// Ended too soon or failed to start; tried again after a delay.
    BACKING_OFF,
    /// Gave up after its start budget; an operator resets it.
    FAILED,
    /// A one-shot that finished.
    DONE,
    /// Something that is not ours has its place.
    CONFLICT,
    /// The runtime does not answer; nothing is done.
    UNKNOWN;

    /// The word used everywhere: `falling_asleep`.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
