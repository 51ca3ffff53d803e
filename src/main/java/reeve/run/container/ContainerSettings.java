package reeve.run.container;

import java.nio.file.Path;
import java.util.Optional;

/// How Podman is reached.
/// @param socket   where it must answer; empty for what is found: its usual places, then a service that Reeve starts itself
/// @param program  that such a service is started with, a name or a path
/// @param authFile logins at registries, in the form of `podman login --authfile`; empty for those that Podman finds itself
public record ContainerSettings(Optional<Path> socket, String program, Optional<Path> authFile) {
    public ContainerSettings {
        program = program.contains("/") ? Path.of(program).toAbsolutePath().toString() : program; // it is run in several folders
    }
}
