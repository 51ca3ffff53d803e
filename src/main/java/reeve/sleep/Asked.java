package reeve.sleep;

/// What somebody who asked for sleep or for a wake is told.
public sealed interface Asked {

    /// It is so already, or on its way.
    record Accepted() implements Asked {}

    /// Nothing was changed.
    record Refused(String reason) implements Asked {}
}
