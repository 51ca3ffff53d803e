package reeve.run.supervise;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What an event leads to.
/// @param effects to carry out, in order
public record Step(Instance next, List<Effect> effects) {
    public Step {
        effects = List.copyOf(effects);
    }

    static Step same(Instance instance) {
        return new Step(instance, List.of());
    }

    Step before(Step later) {
        var all = new ArrayList<>(effects);
        all.addAll(later.effects);
        return new Step(later.next, all);
    }

    /// Begins a turn that a timer ends.
    static Step timed(Instance instance, Duration delay) {
        Instance next = instance.nextTurn();
        return new Step(next, List.of(new Effect.SetTimer(next.turn(), delay)));
    }
}
