package reeve.run.supervise;

import java.util.Set;
import reeve.base.Elapsed;
import reeve.model.InstanceState;

/// Where an instance is between not running and running.
/// `Launching`, `Freezing`, `Thawing`, `Draining` and `Stopping` wait for the result of an effect, `Unknown` for the runtime; the others
/// are settled.
public sealed interface Phase {

    /// A run that exists.
    /// @param spec  digest it was started from
    /// @param since when it was started, or adopted
    record Live(Driver.Run run, String spec, Elapsed since) {}

    /// Nothing runs.
    /// @param latch digest whose end is final (`done`, `failed`): the same order does not start it again; empty for none
    record Down(InstanceState shown, String latch) implements Phase {}

    /// Nothing runs; it is started when the timer fires.
    /// @param shown `BACKING_OFF`, or `CONFLICT` where something that is not ours has its place
    record BackingOff(String spec, InstanceState shown) implements Phase {}

    /// The driver is starting it.
    /// @param spec   digest of the order being started
    /// @param waking whether somebody waits for it to wake
    record Launching(String spec, boolean waking) implements Phase {}

    /// It runs and has not been healthy since it was started or thawed.
    /// @param awaited  what it still has to show, never empty
    /// @param failures of checks, that counted
    record Starting(Live live, boolean waking, Elapsed since, Set<Awaited> awaited, Tally failures) implements Phase {
        public Starting {
            awaited = Set.copyOf(awaited);
        }
    }

    /// What an instance shows before it counts as up.
    enum Awaited { NOTICE, STARTUP, HEALTH, READINESS }

    /// It runs and has been healthy.
    record Up(Live live, Tally failures, Fitness fitness) implements Phase {}

    /// Whether an instance that is up takes requests. `UNREADY`: not until it passes again. `UNHEALTHY`: it is about to be restarted.
    enum Fitness { FIT, UNREADY, UNHEALTHY }

    record Freezing(Live live) implements Phase {}

    record Frozen(Live live) implements Phase {}

    record Thawing(Live live) implements Phase {}

    /// It takes no new requests and finishes those it has; then it is told to end.
    record Draining(Live live, Aim aim) implements Phase {}

    /// The runtime does not answer: nothing is known and nothing is done.
    /// @param before what it was when the runtime answered last
    record Unknown(Phase before) implements Phase {}

    /// It was asked to end.
    /// @param kills how often KILL was sent
    record Stopping(Live live, Aim aim, int kills) implements Phase {
        /// Whether its stop has failed: KILL did not end it in time. It is tried again, and nobody waits for it any more.
        public boolean failed() {
            return kills > 1;
        }
    }

    /// Why a run is ended.
    enum Aim {
        REST, REPLACE, SLEEP, UNHEALTHY;

        private InstanceState shown() {
            return switch (this) {
                case REST -> InstanceState.STOPPING;
                case REPLACE, UNHEALTHY -> InstanceState.REPLACING;
                case SLEEP -> InstanceState.FALLING_ASLEEP;
            };
        }
    }

    /// The state people see.
    default InstanceState shown() {
        return switch (this) {
            case Down(InstanceState shown, _) -> shown;
            case BackingOff(_, InstanceState shown) -> shown;
            case Launching(_, boolean waking) -> waking ? InstanceState.WAKING : InstanceState.STARTING;
            case Starting(_, boolean waking, _, _, _) -> waking ? InstanceState.WAKING : InstanceState.STARTING;
            case Up(_, _, Fitness fitness) -> fitness == Fitness.FIT ? InstanceState.RUNNING : InstanceState.UNHEALTHY;
            case Freezing _ -> InstanceState.FALLING_ASLEEP;
            case Frozen _ -> InstanceState.ASLEEP;
            case Thawing _ -> InstanceState.WAKING;
            case Draining(_, Aim aim) -> aim.shown();
            case Unknown _ -> InstanceState.UNKNOWN;
            case Stopping(_, Aim aim, _) -> aim.shown();
        };
    }
}
