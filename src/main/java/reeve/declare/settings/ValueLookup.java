package reeve.declare.settings;

import java.nio.file.Path;
import java.util.Map;
import reeve.model.NodeFacts;

/// Finds out what a value of the node is just now. May block for as long as a file or a program takes; never throws.
@FunctionalInterface
public interface ValueLookup {
    /// @return `Known`; `Missing` when there certainly is none (no such file, an empty answer, an exit code other than 0);
    ///     `Unknown` when it could not be found out (a time-out, an IO error)
    NodeFacts.Fact look(ValueSource source);

    /// What is known of the machine without being configured, among [NodeFacts#HOST_FACTS].
    /// @param state the state folder
    default Map<String, NodeFacts.Fact> ofHost(Path state) {
        return Map.of();
    }
}
