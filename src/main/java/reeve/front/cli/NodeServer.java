package reeve.front.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import reeve.model.Address;
import reeve.model.ManifestSource;

/// What only the server's rooms can do. A port of this room, joined in Main. All throw [reeve.model.Failure].
public interface NodeServer {

    /// Where a node that is started with these options has its state and its socket: flag over variable over configuration
    /// file over default. A configuration that cannot be read counts as none here; starting says what is wrong with it.
    Place place(UpOptions options);

    /// Starts a node in this process; returns when its API answers on the socket.
    Started start(UpOptions options);

    /// Starts `reeve` with these arguments as a process of its own that outlives this one, its output appended to a file.
    Background startInBackground(List<String> arguments, Path log);

    /// The node's settings as a commented configuration file.
    String configuration();

    /// Validates configuration, manifests and the machine, starting nothing.
    /// @return what is wrong, one line each; empty when all is well
    List<String> check(Optional<Path> config, List<ManifestSource> manifests);

    /// What the flags say; empty where there is none: as configured.
    /// @param http       where the proxy shall listen
    /// @param admin      where the API shall listen over TCP
    /// @param background whether nobody watches: everything that is logged is kept, not only what is wrong
    /// @param succeeds   where a node waits that hands over to this one
    record UpOptions(Optional<Path> config, Optional<Address> http, Optional<Address> admin, Optional<Path> state, Optional<Path> socket,
            boolean background, Optional<Path> succeeds) {
        static final UpOptions NONE = new UpOptions(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), false, Optional.empty());

        /// `up` with these options, as a command line.
        public List<String> arguments() {
            var arguments = new ArrayList<>(List.of("up"));
            if (background) {
                arguments.add("--in-background");
            }
            socket.ifPresent(path -> arguments.addAll(List.of("--socket", path.toString())));
            state.ifPresent(folder -> arguments.addAll(List.of("--state", folder.toString())));
            config.ifPresent(file -> arguments.addAll(List.of("--config", file.toString())));
            http.ifPresent(address -> arguments.addAll(List.of("--http", address.toString())));
            admin.ifPresent(address -> arguments.addAll(List.of("--admin", address.toString())));
            succeeds.ifPresent(door -> arguments.addAll(List.of("--succeed", door.toString())));
            return arguments;
        }

        public UpOptions succeeding(Path door) {
            return new UpOptions(config, http, admin, state, socket, background, Optional.of(door));
        }

        UpOptions inBackground() {
            return new UpOptions(config, http, admin, state, socket, true, succeeds);
        }
    }

    /// Tells the service manager that started this process, if one did, that another one is the node it means: one that took over.
    /// @return false where none waits for this process's word
    boolean isNode(long pid);

    /// Starts a proxy in this process that a node feeds.
    Node proxy(ProxyOptions options);

    /// A commented configuration file for a proxy alone.
    String proxyConfiguration();

    /// @param node      a unix socket or an `http://` URL; empty: the node of this user on this machine
    /// @param tokenFile holds the node's token
    /// @param name      of the proxy among those of the node
    record ProxyOptions(Optional<String> node, Optional<Path> tokenFile, Optional<String> name, Optional<Address> http,
            Optional<Path> config) {}

    record Place(Path state, Path socket) {}

    /// How starting went.
    sealed interface Started {
        /// Another one serves the socket.
        record AlreadyServed() implements Started {}

        record Serving(Node node) implements Started {}
    }

    /// A node that runs in this process. Closing it leaves its services running.
    interface Node extends AutoCloseable {
        /// Returns when the node was asked to end through its API, or when a successor has taken over and all that was open here has ended;
        /// in the foreground, when the successor has ended too.
        /// @throws reeve.model.Failure where it can go on no more
        void awaitEnd() throws InterruptedException;

        @Override
        void close();
    }

    /// A process that was started.
    interface Background {
        long pid();

        boolean alive();

        /// Once it is no longer alive.
        int exitCode();
    }
}
