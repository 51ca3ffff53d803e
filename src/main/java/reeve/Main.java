package reeve;

import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import reeve.base.SystemTime;
import reeve.base.command.Detached;
import reeve.declare.manifest.ManifestVariables;
import reeve.front.cli.Cli;
import reeve.front.cli.NodeServer;
import reeve.front.cli.Surroundings;
import reeve.model.Failure;
import reeve.model.ManifestSource;

/// From arguments to exit code.
public final class Main {
    private static final String VERSION = "0.1.0";

    private Main() {}

    public static void main(String[] args) {
        logPlainly();
        int exitCode;
        try (var time = new SystemTime()) {
            var around = new Surroundings(
                    System.out,
                    System.err,
                    System.getenv(),
                    Path.of("").toAbsolutePath(),
                    System.getProperty("user.name"),
                    wantsColour(),
                    ZoneId.systemDefault(),
                    time,
                    VERSION,
                    ManifestVariables::named,
                    new Server(new Unwired()),
                    Main::onInterrupt);
            exitCode = Cli.run(around, args);
        }
        System.out.flush();
        System.exit(exitCode);
    }

    /// One line for each record; properties, so that verbs that log nothing do not load the logging at all.
    private static void logPlainly() {
        if (System.getProperty("java.util.logging.SimpleFormatter.format") == null) {
            System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT.%1$tL %4$s %3$s %5$s%6$s%n");
        }
    }

    private static boolean wantsColour() {
        String none = System.getenv("NO_COLOR");
        var console = System.console();
        return (none == null || none.isEmpty()) && console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
    }

    private static Surroundings.Interrupts.Watch onInterrupt(Runnable task) {
        Thread hook = Thread.ofPlatform().name("interrupted").unstarted(task);
        Runtime.getRuntime().addShutdownHook(hook);
        return () -> {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // it runs just now
            }
        };
    }

    /// Builds the rooms of a node, and takes them down; the one place that knows them all.
    private interface Rooms {
        NodeServer.Started up(NodeServer.UpOptions options);

        List<String> check(Optional<Path> config, List<ManifestSource> manifests);
    }

    private static final class Unwired implements Rooms {
        @Override
        public NodeServer.Started up(NodeServer.UpOptions options) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot start a node: not wired yet");
        }

        @Override
        public List<String> check(Optional<Path> config, List<ManifestSource> manifests) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot check: not wired yet");
        }
    }

    private record Server(Rooms rooms) implements NodeServer {
        @Override
        public Started start(UpOptions options) {
            return rooms.up(options);
        }

        @Override
        public List<String> check(Optional<Path> config, List<ManifestSource> manifests) {
            return rooms.check(config, manifests);
        }

        @Override
        public Background startInBackground(List<String> arguments, Path log) {
            var command = new ArrayList<>(program());
            command.addAll(arguments);
            try {
                Detached detached = Detached.start(command, log);
                return new Background() {
                    @Override
                    public long pid() {
                        return detached.pid();
                    }

                    @Override
                    public boolean alive() {
                        return detached.alive();
                    }
                };
            } catch (IOException e) {
                throw new Failure(Failure.Kind.UNAVAILABLE, "cannot start Reeve in the background: " + e.getMessage(), e);
            }
        }

        /// The launcher, which knows the flags for a node; without one, this Java with this class path.
        private static List<String> program() {
            String launcher = System.getProperty("reeve.launcher");
            return launcher != null
                    ? List.of(launcher)
                    : List.of(System.getProperty("java.home") + "/bin/java", "--enable-native-access=ALL-UNNAMED", "-cp",
                            System.getProperty("java.class.path"), Main.class.getName());
        }
    }
}
