package reeve.run.supervise;

import reeve.base.Elapsed;
import reeve.model.InstanceState;

/// Where an instance is between not running and running.
/// `Launching`, `Freezing`, `Thawing` and `Stopping` wait for the result of an effect; the others are settled.
public sealed interface Phase {

    /// A run that exists.
    /// @param spec  digest it was started from
    /// @param since when it was started, or adopted
    record Live(Driver.Run run, String spec, Elapsed since) {}

    /// Nothing runs.
    /// @param latch digest whose end is final (`done`, `failed`): the same order does not start it again; empty for none
    record Down(InstanceState shown, String latch) implements Phase {}

    /// Nothing runs; it is started when the timer fires.
    record BackingOff(String spec) implements Phase {}

    /// The driver is starting it.
    /// @param spec   digest of the order being started
    /// @param waking whether somebody waits for it to wake
    record Launching(String spec, boolean waking) implements Phase {}

    /// It runs and has not been healthy since it was started or thawed.
    /// @param failures probes that failed in a row and counted
    record Starting(Live live, boolean waking, Elapsed since, int failures) implements Phase {}

    /// It runs and has been healthy.
    /// @param unhealthy whether so many probes failed that it takes no requests and is about to be restarted
    record Up(Live live, int failures, boolean unhealthy) implements Phase {}

    record Freezing(Live live) implements Phase {}

    record Frozen(Live live) implements Phase {}

    record Thawing(Live live) implements Phase {}

    /// It was asked to end.
    /// @param killed whether KILL was sent
    record Stopping(Live live, Aim aim, boolean killed) implements Phase {}

    /// Why a run is ended.
    enum Aim { REST, REPLACE, SLEEP, UNHEALTHY }

    /// The state people see.
    default InstanceState shown() {
        return switch (this) {
            case Down(InstanceState shown, _) -> shown;
            case BackingOff _ -> InstanceState.BACKING_OFF;
            case Launching(_, boolean waking) -> waking ? InstanceState.WAKING : InstanceState.STARTING;
            case Starting(_, boolean waking, _, _) -> waking ? InstanceState.WAKING : InstanceState.STARTING;
            case Up(_, _, boolean unhealthy) -> unhealthy ? InstanceState.UNHEALTHY : InstanceState.RUNNING;
            case Freezing _ -> InstanceState.FALLING_ASLEEP;
            case Frozen _ -> InstanceState.ASLEEP;
            case Thawing _ -> InstanceState.WAKING;
            case Stopping(_, Aim aim, _) -> switch (aim) {
                case REST -> InstanceState.STOPPING;
                case REPLACE, UNHEALTHY -> InstanceState.REPLACING;
                case SLEEP -> InstanceState.FALLING_ASLEEP;
            };
        };
    }
}
