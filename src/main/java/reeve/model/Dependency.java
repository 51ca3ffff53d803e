package reeve.model;

/// A service that must be up before another one of the same app starts, and goes down after it.
/// @param required when false, a dependency that is disabled or has failed does not hold the dependant back
public record Dependency(ServiceName service, Condition condition, boolean required) {}
