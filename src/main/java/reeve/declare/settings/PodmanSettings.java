package reeve.declare.settings;

import java.nio.file.Path;
import java.util.Optional;

/// How containers are reached. Each component is explained where it is defined, in [Definitions].
public record PodmanSettings(Optional<Path> socket, String program, Optional<Path> authFile) {}
