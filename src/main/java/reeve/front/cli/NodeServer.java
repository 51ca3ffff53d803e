package reeve.front.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import reeve.model.Address;
import reeve.model.ManifestSource;

/// What only the server's rooms can do. A port of this room, joined in Main. Both throw [reeve.model.Failure].
public interface NodeServer {

    /// Starts a node in this process; returns when its API answers on the socket.
    Started start(UpOptions options);

    /// Starts `reeve` with these arguments as a process of its own that outlives this one, its output appended to a file.
    Background startInBackground(List<String> arguments, Path log);

    /// The node's settings as a commented configuration file.
    String configuration();

    /// Validates configuration, manifests and the machine, starting nothing.
    /// @return what is wrong, one line each; empty when all is well
    List<String> check(Optional<Path> config, List<ManifestSource> manifests);

    /// @param http where the proxy shall listen; empty: as configured
    /// @param admin where the API shall listen over TCP; empty: as configured
    record UpOptions(Optional<Path> config, Optional<Address> http, Optional<Address> admin, Path state, Path socket) {}

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
    }
}
