package reeve.front.cli;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import reeve.base.Time;
import reeve.declare.manifest.ManifestVariables;
import reeve.model.Failure;
import reeve.model.ManifestSource;
import reeve.testing.FakeNode;

/// Somebody at a command line, for tests: keeps what is printed, and stands still at one wall time.
class Terminal implements NodeServer, Keyboard {
    final Map<String, String> environment = new HashMap<>();
    final List<List<String>> background = new ArrayList<>();
    final List<Runnable> interrupts = new ArrayList<>();
    List<String> problems = List.of();
    Started starting = new Started.AlreadyServed();
    boolean colour;
    /// Whether it is typed on, and what; otherwise its input is a pipe.
    boolean typed;
    InputStream typing = InputStream.nullInputStream();
    final AtomicInteger rows = new AtomicInteger(40);
    final List<String> keyboard = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Path directory;
    private final Time timers;

    Terminal(Path directory, Time timers) {
        this.directory = directory;
        this.timers = timers;
        environment.put("REEVE_SOCKET", directory.resolve("reeve.sock").toString());
    }

    int run(String... arguments) {
        out.reset();
        err.reset();
        return Cli.run(surroundings(), arguments);
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    Surroundings surroundings() {
        var utf8 = StandardCharsets.UTF_8;
        return new Surroundings(new PrintStream(out, true, utf8), new PrintStream(err, true, utf8), environment, directory, colour,
                ZoneId.of("UTC"), new StandingTime(timers), "1.2.3", ManifestVariables::named, this, this, task -> {
                    interrupts.add(task);
                    return () -> interrupts.remove(task);
                });
    }

    @Override
    public InputStream in() {
        return typing;
    }

    @Override
    public boolean isTerminal() {
        return typed;
    }

    @Override
    public int rows() {
        return rows.get();
    }

    @Override
    public int columns() {
        return 120;
    }

    @Override
    public Runnable raw() {
        keyboard.add("raw");
        return () -> keyboard.add("back");
    }

    @Override
    public Place place(UpOptions options) {
        return new Place(options.state().orElse(directory.resolve("state")),
                options.socket().orElse(Path.of(environment.getOrDefault("REEVE_SOCKET", "reeve.sock"))));
    }

    @Override
    public Started start(UpOptions options) {
        return starting;
    }

    @Override
    public Background startInBackground(List<String> arguments, Path log) {
        background.add(arguments);
        throw new Failure(Failure.Kind.UNAVAILABLE, "cannot start: this is a test");
    }

    @Override
    public boolean isNode(long pid) {
        return false;
    }

    @Override
    public Node proxy(ProxyOptions options) {
        throw new AssertionError("no proxy is wanted here");
    }

    @Override
    public String proxyConfiguration() {
        return "#http: 127.0.0.1:8080\n";
    }

    @Override
    public String configuration() {
        return "#name: here   # The node's name\n";
    }

    @Override
    public List<String> check(Optional<Path> config, List<ManifestSource> manifests) {
        return problems;
    }

    /// Ninety seconds after the fake node started everything, for ever; timers run.
    private record StandingTime(Time timers) implements Time {
        @Override
        public Instant wall() {
            return FakeNode.START.plusSeconds(90);
        }

        @Override
        public long nanos() {
            return timers.nanos();
        }

        @Override
        public Runnable after(Duration delay, Runnable task) {
            return timers.after(delay, task);
        }
    }
}
