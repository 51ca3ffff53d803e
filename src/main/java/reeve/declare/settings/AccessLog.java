package reeve.declare.settings;

import java.nio.file.Path;

/// Where the proxy notes each request.
public sealed interface AccessLog {
    record Off() implements AccessLog {}

    /// @param path absolute
    record ToFile(Path path) implements AccessLog {}
}
