package reeve.sleep;

import java.util.List;

/// A decision: the next state, then the effects to carry out, in order.
record Step(State next, List<Effect> effects) {
    Step {
        effects = List.copyOf(effects);
    }

    static Step to(State next, Effect... effects) {
        return new Step(next, List.of(effects));
    }
}
