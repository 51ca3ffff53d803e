package reeve.model;

import java.util.Map;
import java.util.Set;

/// Where and whether a service may run; a closed gate means stopped, not ignored.
/// @param onlyOn  allowed values for each of `class`, `name` and label names; empty for everywhere
/// @param enabled fills in to `true` or `false`
public record Gate(Map<String, Set<String>> onlyOn, Template enabled) {
    public static final Gate OPEN = new Gate(Map.of(), Template.text("true"));

    public Gate {
        onlyOn = Map.copyOf(onlyOn);
    }
}
