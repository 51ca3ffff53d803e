package reeve.declare.manifest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.RouteTls;

/// Reads what TLS means for a route.
final class TlsReader {
    /// Among the other keys of a route.
    static final KeyTable KEYS = KeyTable.of("tls")
            .key("tls", "as the node", "what TLS means for the route: `{redirect, hsts, client_auth}`");
    static final KeyTable TLS = KeyTable.of("route's tls")
            .key("redirect", "`tls.redirect` of the node", "whether requests to `http` are sent to `https`, where the host "
                    + "has a certificate")
            .key("hsts", "`tls.hsts` of the node", "how long browsers are told to reach the host over TLS only, or `off`")
            .key("client_auth", "none", "clients prove who they are by a certificate: `{ca, mode}`, or the file of `ca` alone");
    static final KeyTable CLIENT_AUTH = KeyTable.of("client_auth")
            .key("ca", "needed", "file, or a list of files, with the certificates of who signs those of clients, as PEM; "
                    + "read again when it changes")
            .key("mode", "`required`", "`required`: who has none is refused; `optional`: the backend is told who it is where one is given");

    private enum Mode { REQUIRED, OPTIONAL }

    private TlsReader() {}

    /// @return empty for nothing of its own
    static Optional<RouteTls> read(Fields fields, Scope scope) {
        return fields.get("tls").map(value -> tls(value, scope)).filter(tls -> !tls.equals(RouteTls.NONE));
    }

    private static RouteTls tls(Value value, Scope scope) {
        Fields fields = value.fields(TLS.keys());
        return new RouteTls(fields.get("redirect").flatMap(Value::truth), fields.get("hsts").flatMap(TlsReader::hsts),
                fields.get("client_auth").flatMap(given -> clientAuth(given, scope)));
    }

    private static Optional<Duration> hsts(Value value) {
        boolean off = value.written().map("off"::equals).orElse(false);
        return off ? Optional.of(Duration.ZERO) : value.duration(Duration.ofSeconds(1));
    }

    private static Optional<RouteTls.ClientAuth> clientAuth(Value value, Scope scope) {
        if (!value.isMapping()) {
            return clientAuth(Mode.REQUIRED, value, scope);
        }
        Fields fields = value.fields(CLIENT_AUTH.keys());
        if (fields.lacks("ca")) {
            value.wrong("needs 'ca': a file with the certificates of who signs those of clients");
        }
        Mode mode = fields.get("mode").flatMap(given -> given.word(List.of(Mode.values()), word -> word.name().toLowerCase(Locale.ROOT)))
                .orElse(Mode.REQUIRED);
        return fields.get("ca").flatMap(given -> clientAuth(mode, given, scope));
    }

    private static Optional<RouteTls.ClientAuth> clientAuth(Mode mode, Value files, Scope scope) {
        List<Path> authorities = files.oneOrMore().stream().flatMap(file -> scope.path(file).stream()).toList();
        if (authorities.isEmpty()) {
            if (files.isList()) {
                files.wrong("needs at least one file");
            }
            return Optional.empty();
        }
        return Optional.of(new RouteTls.ClientAuth(mode == Mode.REQUIRED, authorities));
    }
}
