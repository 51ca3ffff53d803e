package reeve.run.supervise;

import java.time.Instant;
import java.util.Optional;
import reeve.model.InstanceState;

/// The whole state of one instance's machine. Immutable.
/// @param order    the last order known, for how to stop it; [Goal.Order#UNDECLARED] before there was one
/// @param failures starts and runs that failed in a row, for back-off
/// @param restarts times it was started again after it ended or was unhealthy
/// @param turn     counts timers set; a timer of an earlier turn is late and means nothing
/// @param since    when the shown state began
/// @param reason   why it is in this state
public record Instance(Phase phase, Goal goal, Goal.Order order, Failures failures, int restarts, long turn, Instant since, String reason) {

    /// An instance that does not run, as far as known, with a goal it has not begun to pursue: what was found of it is told first.
    public static Instance unseen(Goal goal, Instant now) {
        var down = new Phase.Down(InstanceState.STOPPED, "");
        return new Instance(down, goal, Goal.Order.UNDECLARED, Failures.NONE, 0, 0, now, "declared").toward(goal);
    }

    public InstanceState shown() {
        return phase.shown();
    }

    /// The run that exists, in whatever phase it is.
    public Optional<Phase.Live> live() {
        return live(phase);
    }

    private static Optional<Phase.Live> live(Phase phase) {
        return switch (phase) {
            case Phase.Down _, Phase.BackingOff _, Phase.Launching _ -> Optional.empty();
            case Phase.Starting(Phase.Live live, _, _, _, _) -> Optional.of(live);
            case Phase.Up(Phase.Live live, _, _) -> Optional.of(live);
            case Phase.Freezing(Phase.Live live) -> Optional.of(live);
            case Phase.Frozen(Phase.Live live) -> Optional.of(live);
            case Phase.Thawing(Phase.Live live) -> Optional.of(live);
            case Phase.Draining(Phase.Live live, _) -> Optional.of(live);
            case Phase.Stopping(Phase.Live live, _, _) -> Optional.of(live);
            case Phase.Unknown(Phase before) -> live(before);
        };
    }

    /// Whether nothing of it runs or is about to, as far as is known.
    public boolean down() {
        return switch (phase) {
            case Phase.Down _, Phase.BackingOff _ -> true;
            case Phase.Launching _, Phase.Starting _, Phase.Up _, Phase.Freezing _, Phase.Frozen _, Phase.Thawing _, Phase.Draining _,
                    Phase.Stopping _, Phase.Unknown _ -> false;
        };
    }

    /// Whether it can take requests: it is up and fit, or was when its runtime fell silent.
    public boolean serves() {
        return switch (phase) {
            case Phase.Up(_, _, Phase.Fitness fitness) -> fitness == Phase.Fitness.FIT;
            case Phase.Unknown(Phase.Up(_, _, Phase.Fitness fitness)) -> fitness == Phase.Fitness.FIT;
            case Phase.Down _, Phase.BackingOff _, Phase.Launching _, Phase.Starting _, Phase.Freezing _, Phase.Frozen _, Phase.Thawing _,
                    Phase.Draining _, Phase.Stopping _, Phase.Unknown _ -> false;
        };
    }

    /// Whether it ended for good under this order: a one-shot that is done, or one that gave up.
    public boolean latched(Goal.Order order) {
        return phase instanceof Phase.Down(_, String latch) && !latch.isEmpty() && latch.equals(order.spec());
    }

    Instance toward(Goal next) {
        Goal.Order known = switch (next) {
            case Goal.Run(Goal.Order order) -> order;
            case Goal.Sleep(_, Goal.Order order) -> order;
            case Goal.Rest _ -> order;
        };
        return new Instance(phase, next, known, failures, restarts, turn, since, reason);
    }

    /// The same instance in another phase; the stamp moves only when the shown state does.
    Instance in(Phase next, String why, Instant now) {
        return new Instance(next, goal, order, failures, restarts, turn, next.shown() == phase.shown() ? since : now, why);
    }

    Instance failing(Failures next) {
        return new Instance(phase, goal, order, next, restarts, turn, since, reason);
    }

    Instance restarted(int count) {
        return new Instance(phase, goal, order, failures, count, turn, since, reason);
    }

    Instance nextTurn() {
        return new Instance(phase, goal, order, failures, restarts, turn + 1, since, reason);
    }
}
