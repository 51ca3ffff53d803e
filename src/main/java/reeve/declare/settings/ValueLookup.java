package reeve.declare.settings;

import reeve.model.NodeFacts;

/// Finds out what a value of the node is just now. May block for as long as a file or a program takes; never throws.
@FunctionalInterface
public interface ValueLookup {
    /// @return `Known`; `Missing` when there certainly is none (no such file, an empty answer, an exit code other than 0);
    ///     `Unknown` when it could not be found out (a time-out, an IO error)
    NodeFacts.Fact look(ValueSource source);
}
