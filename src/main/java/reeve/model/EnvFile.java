package reeve.model;

import java.nio.file.Path;

/// A file of `KEY=value` lines in Compose's grammar, read each time an instance starts.
/// @param path     absolute
/// @param required whether its absence is an error
public record EnvFile(Path path, boolean required) {}
