package reeve.front.cli;

import java.nio.file.Path;
import java.util.Optional;

/// Where things are when no flag says so.
final class Places {
    private Places() {}

    /// `REEVE_SOCKET`; for root `/run/reeve/reeve.sock`; for a user under `XDG_RUNTIME_DIR`, or with the state.
    static Path socket(Surroundings around) {
        Optional<Path> given = variable(around, "REEVE_SOCKET");
        if (given.isPresent()) {
            return around.absolute(given.get());
        }
        if (isRoot(around)) {
            return Path.of("/run/reeve/reeve.sock");
        }
        return variable(around, "XDG_RUNTIME_DIR").map(folder -> folder.resolve("reeve/reeve.sock"))
                .orElseGet(() -> state(around).resolve("reeve.sock"));
    }

    /// For root `/var/lib/reeve`; for a user `XDG_STATE_HOME/reeve` or `~/.local/state/reeve`.
    static Path state(Surroundings around) {
        if (isRoot(around)) {
            return Path.of("/var/lib/reeve");
        }
        return variable(around, "XDG_STATE_HOME")
                .orElseGet(() -> variable(around, "HOME").orElse(around.directory()).resolve(".local/state"))
                .resolve("reeve");
    }

    private static boolean isRoot(Surroundings around) {
        return around.user().equals("root");
    }

    private static Optional<Path> variable(Surroundings around, String name) {
        return Optional.ofNullable(around.environment().get(name)).filter(value -> !value.isEmpty()).map(Path::of);
    }
}
