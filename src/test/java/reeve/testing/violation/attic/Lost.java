package reeve.testing.violation.attic;

/// In a package that has no room and is not @NullMarked.
public record Lost() {}
