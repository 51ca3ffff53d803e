package reeve.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reeve.base.SystemTime;
import reeve.base.http.HttpTarget;
import reeve.front.client.ReeveClient;
import reeve.model.wire.ApplyRequest;
import reeve.model.wire.InstanceRow;

/// A real node: `reeve up` as a process of its own, with its state in a folder of the test. Closing it ends the node and
/// everything it runs.
public final class ReeveProcess implements AutoCloseable {
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path folder;
    private final List<String> start;
    private final SystemTime time = new SystemTime();
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).version(HttpClient.Version.HTTP_1_1)
            .build();
    private @Nullable Process up;
    private int ups;

    /// With the flags that make a short life quick.
    public ReeveProcess(Path folder) {
        this(folder, List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
    }

    /// @param flags of the Java that runs Reeve
    public ReeveProcess(Path folder, List<String> flags) {
        this(java(flags), folder);
    }

    private ReeveProcess(List<String> start, Path folder) {
        this.start = List.copyOf(start);
        this.folder = folder;
    }

    /// As people run it from a checkout: with the launcher's flags and its cache.
    public static ReeveProcess launched(Path folder) {
        return new ReeveProcess(List.of(Path.of("reeve").toAbsolutePath().toString()), folder);
    }

    private static List<String> java(List<String> flags) {
        Path classes = Path.of("target", "classes").toAbsolutePath();
        Path lib = Path.of("target", "app", "lib").toAbsolutePath();
        var words = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        words.addAll(flags);
        words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Dorg.sqlite.lib.path=" + System.getProperty("org.sqlite.lib.path"),
                "-cp", classes + ":" + lib + "/*", "reeve.Main"));
        return words;
    }

    /// What a command ended with.
    public record Ran(int exitCode, String out, String err) {}

    /// Runs a verb to its end.
    public Ran run(String... arguments) {
        try {
            Path out = Files.createTempFile(folder, "out", ".txt");
            Path err = Files.createTempFile(folder, "err", ".txt");
            Process process = builder(arguments).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("reeve %s ends", String.join(" ", arguments)).isTrue();
            return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while a verb ran", e);
        }
    }

    /// Starts `reeve up` and waits until it is ready.
    public ReeveProcess up(String... arguments) {
        try {
            var all = new ArrayList<>(
                    List.of("up", "--state", folder.resolve("state").toString(), "--http", "127.0.0.1:0", "--admin", "127.0.0.1:0"));
            all.addAll(Arrays.asList(arguments));
            Process process = builder(all.toArray(String[]::new))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("up-" + ++ups + ".txt").toFile())
                    .start();
            up = process;
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
                assertThat(process.isAlive()).as(() -> "reeve up goes on: " + output()).isTrue();
                return ready();
            });
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean ready() {
        try {
            return client().node().ready();
        } catch (RuntimeException e) {
            return false; // not there yet
        }
    }

    /// A command that is about to be run, with this node's socket.
    public ProcessBuilder builder(String... arguments) {
        var command = new ArrayList<>(start);
        command.addAll(Arrays.asList(arguments));
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("REEVE_SOCKET", socket().toString());
        builder.environment().put("REEVE_CANARY", "must not reach a service");
        return builder;
    }

    private Path socket() {
        return folder.resolve("reeve.sock");
    }

    public ReeveClient client() {
        return new ReeveClient(new HttpTarget.Unix(socket()), Optional.empty(), Duration.ofSeconds(20), time);
    }

    /// All that `reeve up` wrote in its latest life.
    public String output() {
        try {
            return Files.readString(folder.resolve("up-" + ups + ".txt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public InstanceRow instance(String id) {
        return client().instances(Optional.empty()).stream().filter(row -> row.instance().equals(id)).findFirst()
                .orElseThrow(() -> new AssertionError("no instance " + id + " in " + client().instances(Optional.empty())));
    }

    public InstanceRow awaitState(String id, String state) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
            InstanceRow row = instance(id);
            assertThat(row.state()).as(row.reason()).isEqualTo(state);
        });
        return instance(id);
    }

    /// Applies a manifest that lies, for what is relative in it, in the test's folder.
    public void apply(String manifest) {
        client().apply(new ApplyRequest(folder.resolve("reeve.yaml").toString(), manifest, Map.of()));
    }

    /// What a counter of a service shows on the metrics page, 0 where it is not there.
    public long counted(String counter, String app, String service) {
        try {
            String token = Files.readString(folder.resolve("state").resolve("token")).strip();
            var request = HttpRequest.newBuilder(URI.create("http://" + client().node().admin() + "/metrics"))
                    .header("Authorization", "Bearer " + token).timeout(Duration.ofSeconds(10)).build();
            String line = counter + "{app=\"" + app + "\",service=\"" + service + "\"} ";
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body().lines().filter(one -> one.startsWith(line))
                    .mapToLong(one -> (long) Double.parseDouble(one.substring(line.length()))).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for metrics", e);
        }
    }

    /// How often a service was started, the attempts that failed included.
    public long starts(String app, String service) {
        return counted("reeve_service_start_attempts_total", app, service);
    }

    /// How often a service was stopped.
    public long stops(String app, String service) {
        return counted("reeve_service_stop_attempts_total", app, service);
    }

    /// Asks the proxy for a path under a host.
    public HttpResponse<String> get(String host, String path) {
        try {
            return http.send(request(host, path), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for an answer", e);
        }
    }

    /// A request to the proxy; its address is read from the node.
    public HttpRequest request(String host, String path) {
        return request(httpAddress(), host, path);
    }

    /// A request to a proxy whose address is known.
    public static HttpRequest request(String proxy, String host, String path) {
        return HttpRequest.newBuilder(URI.create("http://" + proxy + path)).header("Host", host).timeout(Duration.ofSeconds(40)).build();
    }

    public HttpClient http() {
        return http;
    }

    public String httpAddress() {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> client().node().http() != null);
        return String.valueOf(client().node().http());
    }

    /// kill -9 of Reeve itself.
    public void killHard() {
        Process process = up;
        if (process != null) {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    /// TERM to Reeve itself.
    public void interrupt() {
        askToEnd().onExit().join();
    }

    /// TERM to Reeve itself, whose end is not waited for.
    public Process askToEnd() {
        Process process = Objects.requireNonNull(up, "it is up");
        process.destroy();
        return process;
    }

    /// Ends everything it runs, then the node.
    @Override
    public void close() {
        if (up != null) {
            if (!up.isAlive()) {
                up();
            }
            client().apps().forEach(app -> client().down(app.app()));
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> client().instances(Optional.empty()).isEmpty());
            client().shutdown();
            up.onExit().completeOnTimeout(up, 20, TimeUnit.SECONDS).join();
            up.destroyForcibly();
        }
        time.close();
    }
}
