package reeve.front.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reeve.base.Waiting;
import reeve.front.client.ReeveClient;
import reeve.model.Address;
import reeve.model.Failure;
import reeve.model.ManifestSource;
import reeve.model.wire.NodeAnswer;
import reeve.model.wire.PlanAnswer;

/// `up`: runs the node in the foreground, or in the background, with the apps of these manifests.
/// Where a node serves the socket already it is `apply`, and follows.
@Command(
        name = "up",
        description = "Run Reeve here, with the apps of these manifests and all applied before. Where it runs already: apply, and follow.",
        footer = {"", "Services go on running when it ends, however it ends. Stop them: reeve down [APP...], or reeve down --all"})
final class UpVerb implements Callable<Integer> {
    private static final Duration WITHIN = Duration.ofSeconds(30);
    private static final int MOST_BYTES = 16 * 1024;
    private static final int MOST_LINES = 10;
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Duration READY = Duration.ofSeconds(60);
    private static final Duration PROBE = Duration.ofSeconds(5);

    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Mixin
    Manifests manifests = new Manifests();

    @Option(names = "--config", paramLabel = "FILE", description = "Node configuration.")
    @Nullable
    Path config;

    @Option(names = "--http", paramLabel = "ADDR:PORT", description = "Where the proxy listens.")
    @Nullable
    String http;

    @Option(names = "--admin", paramLabel = "ADDR:PORT", description = "Where the status page and the API listen over TCP.")
    @Nullable
    String admin;

    @Option(names = "--state", paramLabel = "DIR", description = "Folder of all that lasts.")
    @Nullable
    Path state;

    @Option(names = {"-d", "--detach"}, description = "Run in the background; returns when it is ready.")
    boolean detach;

    @Option(names = "--print-config", description = "Print a commented configuration, and start nothing.")
    boolean printConfiguration;

    @Option(names = "--in-background", hidden = true)
    boolean inBackground;

    @Option(names = "--succeed", paramLabel = "PATH", hidden = true)
    @Nullable
    Path succeed;

    UpVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (printConfiguration) {
            around.out().print(around.server().configuration());
            return 0;
        }
        List<ManifestSource> sources = manifests.read(around);
        NodeServer.Place place = around.server().place(options());
        ReeveClient client = client(place, WITHIN);
        if (succeed == null && isServed(place)) {
            return attach(client, sources);
        }
        return detach ? inBackground(client, place, sources) : inForeground(client, place, sources);
    }

    private ReeveClient client(NodeServer.Place place, Duration within) {
        return new ReeveClient(place.socket(), within, around.time());
    }

    private boolean isServed(NodeServer.Place place) {
        try {
            client(place, PROBE).node();
            return true;
        } catch (Failure e) {
            if (e.kind() == Failure.Kind.UNAVAILABLE) {
                return false;
            }
            throw e;
        }
    }

    private int inForeground(ReeveClient client, NodeServer.Place place, List<ManifestSource> sources) throws InterruptedException {
        return switch (around.server().start(options())) {
            case NodeServer.Started.AlreadyServed() -> attach(client, sources);
            case NodeServer.Started.Serving(NodeServer.Node node) -> {
                try (node; var _ = around.interrupts().on(() -> leave(node, place)); var progress = new Progress(around, client)) {
                    if (!inBackground && succeed == null) {
                        progress.start();
                        progress.urls(applyAll(client, sources));
                    }
                    node.awaitEnd();
                    around.out().println("Reeve has ended.");
                }
                yield 0;
            }
        };
    }

    /// On Ctrl-C or TERM.
    private void leave(NodeServer.Node node, NodeServer.Place place) {
        around.out().println();
        around.out().println("Reeve ends here; its services go on running.");
        around.out().println("  take them over again:  reeve up" + flags(true));
        around.out().println("  stop them all:         reeve up -d" + flags(true) + " && reeve down --all" + flags(false));
        node.close();
    }

    /// A node serves the socket already.
    private int attach(ReeveClient client, List<ManifestSource> sources) {
        NodeAnswer node = client.node();
        around.out().println("Reeve runs here already, as process " + node.pid() + ".");
        if (around.server().isNode(node.pid())) { // it took over when the one that the manager knew was killed
            return 0;
        }
        try (var progress = new Progress(around, client)) {
            if (!detach) {
                progress.start();
            }
            progress.urls(applyAll(client, sources));
            if (!detach) {
                try (var _ = around.interrupts()
                        .on(() -> around.out()
                                .println("\nReeve and its services go on running. Stop them: reeve down --all" + flags(false)))) {
                    progress.await();
                }
            }
        }
        return 0;
    }

    private int inBackground(ReeveClient client, NodeServer.Place place, List<ManifestSource> sources) {
        Path log = place.state().resolve("reeve.log");
        long before = size(log);
        NodeServer.Background process = around.server().startInBackground(options().inBackground().arguments(), log);
        boolean ready = Waiting.until(around.time(), LOOK, READY, () -> !process.alive() || isServed(place) && client.node().ready());
        if (!process.alive()) {
            throw new Failure(Failure.Kind.ofExitCode(process.exitCode()), "cannot start Reeve in the background: it ended; its log, " + log
                    + ", says:\n" + lastLines(log, before));
        }
        if (!ready) {
            throw new Failure(Failure.Kind.TIMEOUT, "cannot start Reeve in the background: it is not ready after " + READY.toSeconds()
                    + " s; its log, " + log + ", says:\n" + lastLines(log, before));
        }
        try (var progress = new Progress(around, client)) {
            progress.urls(applyAll(client, sources));
        }
        around.out().println("Reeve runs in the background as process " + process.pid() + "; its log is " + log);
        around.out().println("End it and all it runs: reeve down --all" + flags(false));
        return 0;
    }

    private static long size(Path file) {
        return file.toFile().length(); // 0 where it is not there yet
    }

    /// The end of what was written since the file had that size.
    private static String lastLines(Path log, long before) {
        try (InputStream in = Files.newInputStream(log)) {
            in.skipNBytes(Math.max(before, size(log) - MOST_BYTES));
            List<String> lines = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - MOST_LINES), lines.size()));
        } catch (IOException e) {
            return "(cannot read it: " + e.getMessage() + ")";
        }
    }

    private List<PlanAnswer> applyAll(ReeveClient client, List<ManifestSource> sources) {
        List<PlanAnswer> plans = sources.stream().map(source -> client.apply(Plans.request(source))).toList();
        plans.forEach(plan -> Plans.print(around, plan, true));
        manifests.overlooked(around).map(Path::toString)
                .filter(file -> client.apps().stream().noneMatch(app -> app.file().equals(file)))
                .ifPresent(file -> around.out().println(Printable.line("Not applied: " + file + ". Apply it: reeve apply" + flags(false))));
        return plans;
    }

    /// The flags that a command about this node needs, as they were given.
    /// @param starting whether the command is `up`
    private String flags(boolean starting) {
        var flags = new StringBuilder();
        BiConsumer<String, @Nullable Object> add = (name, value) -> {
            if (value != null) {
                flags.append(' ').append(name).append(' ').append(Shell.quoted(value.toString()));
            }
        };
        add.accept("--socket", connection.socket);
        if (starting) {
            add.accept("--state", state);
            add.accept("--config", config);
            add.accept("--http", http);
            add.accept("--admin", admin);
        }
        return flags.toString();
    }

    private NodeServer.UpOptions options() {
        return new NodeServer.UpOptions(
                Optional.ofNullable(config).map(around::absolute),
                Optional.ofNullable(http).map(Address::parse),
                Optional.ofNullable(admin).map(Address::parse),
                Optional.ofNullable(state).map(around::absolute),
                Optional.ofNullable(connection.socket).map(around::absolute),
                inBackground,
                Optional.ofNullable(succeed).map(around::absolute));
    }
}
