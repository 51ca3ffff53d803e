package reeve.run.install;

/// Where volumes lie. A port of this room, joined to the container runtime in `Wiring`.
@FunctionalInterface
public interface Volumes {
    /// Removes a volume for good; does nothing where there is none. Blocks.
    /// @param name at the runtime
    /// @throws reeve.model.Failure when it cannot be removed now, such as while a container uses it
    void remove(String name);
}
