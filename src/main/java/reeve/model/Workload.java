package reeve.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What runs when an instance runs.
public sealed interface Workload {

    /// Program and arguments; for a container they may be empty, then the image's own are meant.
    List<Template> command();

    /// A process of this machine.
    /// @param command          program and arguments, never through a shell; never empty
    /// @param workingDirectory absolute
    record Process(List<Template> command, Path workingDirectory) implements Workload {
        public Process {
            command = List.copyOf(command);
            if (command.isEmpty()) {
                throw new IllegalArgumentException("cannot run a process without a command");
            }
        }
    }

    /// A container.
    /// @param entrypoint       replaces the image's where it is given, also by an empty one
    /// @param command          arguments of the entrypoint; empty for the image's
    /// @param workingDirectory inside the container; empty for the image's
    /// @param port             inside the container, that the instance's own port leads to; 0 for none
    /// @param networks         it is attached to, in this order; empty for none at all
    /// @param sysctls          kernel parameters of its namespaces
    /// @param extraHosts       further names it can resolve, to an address each
    record Container(
            Image image,
            Optional<List<Template>> entrypoint,
            List<Template> command,
            Optional<String> workingDirectory,
            int port,
            List<PublishedPort> published,
            List<Mount> mounts,
            List<Attachment> networks,
            Optional<String> hostname,
            Map<String, String> extraHosts,
            Map<String, String> sysctls,
            boolean init) implements Workload {
        public Container {
            entrypoint = entrypoint.map(List::copyOf);
            command = List.copyOf(command);
            published = List.copyOf(published);
            mounts = List.copyOf(mounts);
            networks = List.copyOf(networks);
            extraHosts = Map.copyOf(extraHosts);
            sysctls = Map.copyOf(sysctls);
        }

        /// A container of an image with nothing else said.
        public static Container of(String image) {
            return new Container(Image.of(image), Optional.empty(), List.of(), Optional.empty(), 0, List.of(), List.of(), List.of(),
                    Optional.empty(), Map.of(), Map.of(), false);
        }
    }

    /// Where a container's file system comes from.
    /// @param name    as the manifest writes it, `docker.io/library/postgres:16`
    /// @param archive a local archive (`docker save`, OCI) to load it from; empty for a registry or what is there
    /// @param build   how to build it; empty where it is not built here
    record Image(String name, PullPolicy pull, Optional<Path> archive, Optional<Build> build) {
        public static Image of(String name) {
            return new Image(name, PullPolicy.MISSING, Optional.empty(), Optional.empty());
        }
    }

    /// When an image is fetched. `BUILD` builds it at each start.
    enum PullPolicy { ALWAYS, MISSING, NEVER, BUILD }

    /// @param context    absolute folder
    /// @param dockerfile absolute
    /// @param target     stage; empty for the last
    record Build(Path context, Path dockerfile, Map<String, String> arguments, Optional<String> target) {
        public Build {
            arguments = Map.copyOf(arguments);
        }
    }

    /// Something put into a container's file system.
    sealed interface Mount {
        /// Absolute, inside the container.
        String target();

        /// A volume of the app, by its key in the manifest.
        record OfVolume(String volume, String target, boolean readOnly) implements Mount {}

        /// A volume without a name, which goes with its container.
        record Anonymous(String target) implements Mount {}

        /// A file or folder of this machine.
        /// @param create whether a folder is made where nothing is
        record Bind(Path source, String target, boolean readOnly, boolean create) implements Mount {}
    }

    /// @param network key of the manifest's networks; `host` and `none` stand for themselves
    /// @param aliases further names it has there, besides its service's
    record Attachment(String network, List<String> aliases) {
        public Attachment {
            aliases = List.copyOf(aliases);
        }
    }

    /// A port of this machine that leads into the container besides the instance's own.
    /// @param host     0 for any
    /// @param address  of this machine; empty for all
    /// @param protocol `tcp` or `udp`
    record PublishedPort(String address, int host, int container, String protocol) {}
}
