package reeve.declare.settings;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What defaults depend on: who runs Reeve, and where.
/// @param root             whether it runs as the superuser
/// @param home             the user's home folder, absolute
/// @param workingDirectory absolute; paths of flags are resolved against it
/// @param variables        the process's environment
public record Machine(boolean root, Path home, Path workingDirectory, String hostName, Map<String, String> variables) {

    public Machine {
        variables = Map.copyOf(variables);
    }

    /// An empty variable counts as none.
    public Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
    }

    /// The configuration file that is read when none is named.
    public Path configuration() {
        return root ? Path.of("/etc/reeve/node.yaml") : folder("XDG_CONFIG_HOME").orElse(home.resolve(".config"))
                .resolve("reeve/node.yaml");
    }

    /// Where state lies when nothing says otherwise.
    public Path state() {
        return root ? Path.of("/var/lib/reeve") : folder("XDG_STATE_HOME").orElse(home.resolve(".local/state")).resolve("reeve");
    }

    /// The folders of manifests that apps are installed from: the operator's, then what was shipped.
    public List<Path> catalogue() {
        if (root) {
            return List.of(Path.of("/etc/reeve/catalog"), Path.of("/usr/share/reeve/catalog"));
        }
        return List.of(folder("XDG_CONFIG_HOME").orElse(home.resolve(".config")).resolve("reeve/catalog"),
                folder("XDG_DATA_HOME").orElse(home.resolve(".local/share")).resolve("reeve/catalog"));
    }

    /// @param state the state folder that is used where the system gives a user no folder for sockets
    public Path socket(Path state) {
        Optional<Path> runtime = root ? Optional.of(Path.of("/run/reeve")) : folder("XDG_RUNTIME_DIR")
                .map(folder -> folder.resolve("reeve"));
        return runtime.orElse(state).resolve("reeve.sock");
    }

    /// The XDG Base Directory Specification wants relative paths ignored.
    private Optional<Path> folder(String variable) {
        return variable(variable).filter(path -> path.startsWith("/")).map(Path::of);
    }
}
