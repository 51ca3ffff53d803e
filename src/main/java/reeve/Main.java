package reeve;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Optional;
import reeve.base.SystemTime;
import reeve.base.os.CallerTerminal;
import reeve.declare.manifest.ManifestVariables;
import reeve.declare.settings.Machine;
import reeve.front.cli.Cli;
import reeve.front.cli.Keyboard;
import reeve.front.cli.NodeServer;
import reeve.front.cli.Surroundings;

/// From arguments to exit code.
public final class Main {
    private static final String VERSION = "0.1.0";

    private Main() {}

    public static void main(String[] args) {
        // read once by the JDK's TLS: clients that shake hands over and over on one connection cost more than they pay (CVE-2011-1473)
        System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
        int exitCode;
        try (var time = new SystemTime()) {
            var around = new Surroundings(
                    System.out,
                    System.err,
                    System.getenv(),
                    Path.of("").toAbsolutePath(),
                    wantsColour(),
                    ZoneId.systemDefault(),
                    time,
                    VERSION,
                    ManifestVariables::named,
                    server(),
                    keyboard(),
                    Main::onInterrupt);
            exitCode = Cli.run(around, args);
        }
        System.out.flush();
        System.exit(exitCode);
    }

    private static NodeServer server() {
        var machine = new Machine(System.getProperty("user.name").equals("root"), home(), Path.of("").toAbsolutePath(),
                hostName(), System.getenv());
        return new NodeUp(machine, VERSION, isTerminal(), Optional.ofNullable(System.getProperty("reeve.launcher")));
    }

    private static Keyboard keyboard() {
        return new Keyboard() {
            @Override
            public InputStream in() {
                return System.in;
            }

            @Override
            public boolean isTerminal() {
                return CallerTerminal.present();
            }

            @Override
            public int rows() {
                return CallerTerminal.rows();
            }

            @Override
            public int columns() {
                return CallerTerminal.columns();
            }

            @Override
            public Runnable raw() {
                return CallerTerminal.raw();
            }
        };
    }

    /// `HOME` before what the user database says, as every shell has it.
    private static Path home() {
        return Path.of(Optional.ofNullable(System.getenv("HOME")).filter(home -> home.startsWith("/"))
                .orElse(System.getProperty("user.home")));
    }

    static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return Optional.ofNullable(System.getenv("HOSTNAME")).orElse("node"); // not Linux, or no /proc
        }
    }

    private static boolean wantsColour() {
        String none = System.getenv("NO_COLOR");
        return (none == null || none.isEmpty()) && isTerminal() && !"dumb".equals(System.getenv("TERM"));
    }

    private static boolean isTerminal() {
        var console = System.console();
        return console != null && console.isTerminal();
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
