package reeve.front.cli;

import java.nio.file.Path;
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
    record UpOptions(Optional<Path> config, Optional<Address> http, Optional<Address> admin, Optional<Path> state, Optional<Path> socket,
            boolean background) {
        static final UpOptions NONE =
                new UpOptions(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);
    }

    record Place(Path state, Path socket) {}

    /// How starting went.
    sealed interface Started {
        /// Another one serves the socket.
        record AlreadyServed() implements Started {}

        record Serving(Node node) implements Started {}
    }

    /// A node that runs in this process. Closing it leaves its services running.
    interface Node extends AutoCloseable {
        /// Returns when the node was asked to end through its API.
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
