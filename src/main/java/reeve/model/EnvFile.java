package reeve.model;

import java.nio.file.Path;

/// A file of `KEY=value` lines, read each time an instance starts; a changed one means a restart.
/// @param path     absolute
/// @param required whether its absence is an error
public record EnvFile(Path path, boolean required, Format format) {

    /// The grammar of the file.
    public enum Format { COMPOSE, IC }
}
