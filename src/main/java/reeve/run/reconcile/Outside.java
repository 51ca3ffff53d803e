package reeve.run.reconcile;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.model.Address;
import reeve.model.EnvFile;
import reeve.model.Healthcheck;

/// What reconcile needs of the world besides drivers and stores. A port of this room, joined in `Wiring`. Calls may block.
public interface Outside {

    /// The variables of a file, in Compose's grammar; none where it is missing and not required.
    /// @throws reeve.model.Failure when it cannot be read or understood
    Map<String, String> environment(EnvFile file);

    /// Probes an instance once, within the check's timeout.
    /// @return empty when it is healthy, otherwise why it is not
    Optional<String> unhealthy(Probed probed);

    /// @param address where it listens; empty where it has no port
    /// @param command for a probe that runs a program, with everything filled in; otherwise empty
    record Probed(Healthcheck check, Optional<Address> address, List<String> command, Map<String, String> environment, Path workingDirectory) {}
}
