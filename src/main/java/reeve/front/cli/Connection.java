package reeve.front.cli;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import reeve.front.client.ReeveClient;

/// Where the node is reached; a part of every verb that talks to one.
final class Connection {
    private static final Duration WITHIN = Duration.ofSeconds(30);

    @Option(names = "--socket", paramLabel = "PATH", description = "Unix socket of the node. Also REEVE_SOCKET.")
    @Nullable
    Path socket;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    boolean help;

    Path socket(Surroundings around) {
        return socket != null ? around.absolute(socket) : around.variable("REEVE_SOCKET").map(Path::of).map(around::absolute)
                .orElseGet(() -> around.server().place(NodeServer.UpOptions.NONE).socket());
    }

    ReeveClient client(Surroundings around) {
        return client(around, WITHIN);
    }

    ReeveClient client(Surroundings around, Duration within) {
        return new ReeveClient(socket(around), within, around.time());
    }
}
