package reeve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Optional;
import reeve.base.SystemTime;
import reeve.declare.manifest.ManifestVariables;
import reeve.declare.settings.Machine;
import reeve.front.cli.Cli;
import reeve.front.cli.NodeServer;
import reeve.front.cli.Surroundings;

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
                    server(),
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

    private static NodeServer server() {
        var machine = new Machine(System.getProperty("user.name").equals("root"), Path.of(System.getProperty("user.home")), Path.of("").toAbsolutePath(),
                hostName(), System.getenv());
        return new NodeUp(machine, VERSION, Optional.ofNullable(System.getProperty("reeve.launcher")));
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return Optional.ofNullable(System.getenv("HOSTNAME")).orElse("node"); // not Linux, or no /proc
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
}
