package reeve.declare.settings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import reeve.declare.yaml.Node;
import reeve.declare.yaml.Problem;
import reeve.declare.yaml.Problems;
import reeve.declare.yaml.Texts;
import reeve.declare.yaml.Value;
import reeve.declare.yaml.YamlText;

/// Reads a node's configuration: flag over environment variable over file over default.
public final class SettingsReader {

    /// The outcome of reading.
    public sealed interface Result {
        record Read(Settings settings) implements Result {}

        /// Nothing is usable.
        /// @param errors lines for people, `/etc/reeve/node.yaml:3:7: http: cannot read …` or `--http: cannot read …`
        record Refused(List<String> errors) implements Result {
            public Refused {
                errors = List.copyOf(errors);
            }
        }
    }

    /// A configuration file.
    /// @param path absolute
    public record Text(Path path, String text) {}

    private SettingsReader() {}

    /// @param named the file of `--config`; the default file may be absent, a named one may not
    /// @param flags what flags of `reeve up` were given, such as `--http`, with their values
    public static Result load(Machine machine, Optional<Path> named, Map<String, String> flags) {
        Path path = machine.workingDirectory().resolve(named.orElse(machine.configuration())).normalize();
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(YamlText.MOST_CHARACTERS + 1);
            if (bytes.length > YamlText.MOST_CHARACTERS) {
                return new Result.Refused(List.of("cannot read the configuration " + path + ": it is larger than 1 MiB"));
            }
            return read(machine, Optional.of(new Text(path, new String(bytes, StandardCharsets.UTF_8))), flags);
        } catch (NoSuchFileException absent) {
            return named.isEmpty() ? read(machine, Optional.empty(), flags)
                    : new Result.Refused(List.of("cannot read the configuration " + path + ": there is no such file"));
        } catch (IOException broken) {
            return new Result.Refused(List.of("cannot read the configuration " + path + ": " + broken));
        }
    }

    /// Pure.
    public static Result read(Machine machine, Optional<Text> file, Map<String, String> flags) {
        var inFile = new Problems();
        var inFlags = new Problems();
        Optional<Value> root = file.flatMap(text -> tree(text.text(), inFile));
        Path folder = file.map(text -> text.path().toAbsolutePath().getParent()).orElse(machine.workingDirectory());
        var sources = new Sources(machine, flags, root, folder, inFlags);
        Settings settings = settings(sources, file.map(Text::path));
        List<Problem> errors = inFile.errors();
        List<Problem> flagErrors = inFlags.errors();
        if (errors.isEmpty() && flagErrors.isEmpty()) {
            return new Result.Read(settings);
        }
        String name = file.map(text -> text.path().toString()).orElse("");
        return new Result.Refused(Stream.concat(
                flagErrors.stream().map(problem -> problem.key() + ": " + problem.message()),
                errors.stream().map(problem -> problem.in(name))).toList());
    }

    private static Optional<Value> tree(String text, Problems problems) {
        Optional<Node> root = YamlText.parse(text, problems);
        return root.map(node -> Value.root(node, problems, Texts.AS_WRITTEN));
    }

    private static Settings settings(Sources from, Optional<Path> file) {
        Path state = from.choose(Definitions.STATE, Path.of("/"));
        return new Settings(
                from.choose(Definitions.NAME, state),
                from.choose(Definitions.CLASS, state),
                from.choose(Definitions.LABELS, state),
                from.choose(Definitions.FEATURES, state),
                from.choose(Definitions.VALUES, state),
                from.choose(Definitions.HTTP, state),
                new TlsRules(
                        from.choose(Definitions.HTTPS, state),
                        from.choose(Definitions.CERTIFICATES, state),
                        from.choose(Definitions.TLS_REDIRECT, state),
                        from.choose(Definitions.TLS_HSTS, state)),
                from.choose(Definitions.ADMIN, state),
                state,
                from.choose(Definitions.SOCKET, state),
                from.choose(Definitions.ACCESS_LOG, state),
                new ProxyLimits(
                        from.choose(Definitions.CONNECT_TIMEOUT, state),
                        from.choose(Definitions.RESPONSE_TIMEOUT, state),
                        from.choose(Definitions.IDLE_TIMEOUT, state),
                        from.choose(Definitions.HELD_REQUESTS, state),
                        from.choose(Definitions.HELD_REQUESTS_PER_SERVICE, state),
                        from.choose(Definitions.HTTP2_STREAMS, state),
                        new ProxyTrust(
                                from.choose(Definitions.TRUSTED, state),
                                from.choose(Definitions.PROXY_PROTOCOL, state),
                                from.choose(Definitions.UNDERSCORES, state)),
                        new ProxyNotes(
                                from.choose(Definitions.REQUEST_ID, state),
                                from.choose(Definitions.REQUEST_ID_FROM, state),
                                from.choose(Definitions.METRICS_ROUTES, state),
                                new ProxyNotes.Tracing(
                                        from.choose(Definitions.TRACING, state),
                                        from.choose(Definitions.TRACING_FROM, state),
                                        from.choose(Definitions.TRACING_PERCENT, state),
                                        from.choose(Definitions.TRACING_OTLP, state))),
                        new ProxyFairness(
                                from.choose(Definitions.CLIENT_CONNECTIONS, state),
                                from.choose(Definitions.LEAST_RATE, state),
                                from.choose(Definitions.LEAST_RATE_WINDOW, state)),
                        new ProxyChanges(
                                from.choose(Definitions.UPGRADE_GRACE, state),
                                from.choose(Definitions.REMOVED_GRACE, state),
                                from.choose(Definitions.SHARED_PORT, state))),
                from.choose(Definitions.ORCHESTRATOR_LABEL, state),
                from.choose(Definitions.CATALOG, state),
                from.choose(Definitions.WEBHOOKS, state),
                from.choose(Definitions.BOOT_WAIT_FOR, state),
                new PodmanSettings(
                        from.choose(Definitions.PODMAN_SOCKET, state),
                        from.choose(Definitions.PODMAN_PROGRAM, state),
                        from.choose(Definitions.PODMAN_AUTH_FILE, state)),
                file);
    }
}
