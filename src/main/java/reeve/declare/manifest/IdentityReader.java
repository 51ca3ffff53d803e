package reeve.declare.manifest;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Access;
import reeve.model.Address;
import reeve.model.Balance;
import reeve.model.RouteConditions;
import reeve.model.RouteSpec;
import reeve.model.Secrets;

/// Reads what `access` of a route says of who somebody is, and of the pages that they look at.
final class IdentityReader {
    static final KeyTable IDENTITY = KeyTable.of("access")
            .key("basic_auth", "none", "who needs a password: `{users, users_secret, realm, remove}`; others get 401")
            .key("forward_auth", "none", "who is asked about each request: `{url, route, copy_headers, timeout}`")
            .key("cors", "none", "which other sites' pages may use it: `{origins, methods, headers, …}`")
            .key("forwarded_for", "`add`", "what backends learn of the client's address: `add`, `drop` (nothing) or `pass` (what the "
                    + "client says)");
    static final KeyTable BASIC = KeyTable.of("basic auth")
            .key("users", "none", "one or a list of `NAME:HASH` as `htpasswd` writes them: bcrypt, `$apr1$`, `$5$`, `$6$`, `{SHA}`")
            .key("users_secret", "none", "one of the app's secrets: a file of such lines, read again when it changes")
            .key("realm", "`restricted`", "what browsers call it")
            .key("remove", "`false`", "whether the backend does not get `Authorization`");
    static final KeyTable FORWARD = KeyTable.of("forward auth")
            .key("url", "", "`http://HOST:PORT/PATH` to ask; this or `route`")
            .key("route", "", "`HOST/PATH` of a route of this node, whose service is woken where it sleeps")
            .key("copy_headers", "none", "one or a list of headers of its answer that the request gets; those of the client are removed")
            .key("timeout", "`10s`", "until it has answered; then 504");
    static final KeyTable CORS = KeyTable.of("cors")
            .key("origins", "needed", "one or a list such as `https://a.example`, `https://*.a.example`, `*`")
            .key("methods", "none", "one or a list, besides GET, HEAD and POST")
            .key("headers", "none", "one or a list that pages may send; `*` for any")
            .key("expose", "none", "one or a list of headers of answers that pages may read")
            .key("credentials", "`false`", "whether with cookies and passwords")
            .key("max_age", "`10m`", "for how long browsers need not ask again");

    private IdentityReader() {}

    static Optional<Access.Basic> basic(Value value, Declared declared) {
        Fields fields = value.fields(BASIC.keys());
        if (value.isMapping() && fields.lacks("users") && fields.lacks("users_secret")) {
            value.wrong("needs 'users' or 'users_secret'");
        }
        List<String> users = list(fields, "users", IdentityReader::user);
        Optional<Path> file = fields.get("users_secret").flatMap(given -> given.text().flatMap(key -> declared.secret(given, key))
                .flatMap(source -> file(given, source)));
        Optional<String> realm = fields.has("realm") ? fields.get("realm").flatMap(given -> given.text(IdentityReader::realm))
                : Optional.of("restricted");
        return realm.map(name -> new Access.Basic(name, users, file,
                fields.get("remove").flatMap(Value::truth).orElse(false)));
    }

    private static Optional<Path> file(Value given, Secrets.Source source) {
        return switch (source) {
            case Secrets.Source.OfFile(Path path) -> Optional.of(path);
            case Secrets.Source.Generated _ -> {
                given.wrong("cannot take passwords from a secret that Reeve makes");
                yield Optional.empty();
            }
        };
    }

    private static String user(String text) {
        int colon = text.indexOf(':');
        if (colon < 1 || !Access.Basic.allowsHash(text.substring(colon + 1))) {
            throw new IllegalArgumentException("cannot read a user: allowed is NAME:HASH as htpasswd writes it, with bcrypt, $apr1$, $5$, "
                    + "$6$ or {SHA}; in YAML in single quotes, and with $$ for $");
        }
        return text;
    }

    private static String realm(String text) {
        if (!Access.Basic.allowsRealm(text)) {
            throw new IllegalArgumentException("cannot use '" + Value.cut(text) + "' as a realm: allowed is ASCII text without quotes");
        }
        return text;
    }

    static Optional<Access.Forward> forward(Value value) {
        Fields fields = value.fields(FORWARD.keys());
        if (value.isMapping() && fields.lacks("url") == fields.lacks("route")) {
            value.wrong("needs either 'url', such as http://127.0.0.1:9091/verify, or 'route', such as auth.example.org/verify");
        }
        List<String> copied = list(fields, "copy_headers", IdentityReader::header);
        Duration timeout = fields.get("timeout").flatMap(given -> given.duration(Duration.ofMillis(1))).orElse(Duration.ofSeconds(10));
        Optional<Access.Forward> byUrl = fields.get("url").flatMap(given -> given.text(url -> byUrl(url, copied, timeout)));
        return byUrl.or(() -> fields.get("route").flatMap(given -> given.text(route -> byRoute(route, copied, timeout))));
    }

    private static Access.Forward byUrl(String text, List<String> copied, Duration timeout) {
        URI url = URI.create(text);
        if (!"http".equals(url.getScheme()) || url.getHost() == null || url.getUserInfo() != null || url.getFragment() != null) {
            throw new IllegalArgumentException("cannot ask '" + Value.cut(text) + "': allowed is http://HOST:PORT/PATH");
        }
        String host = url.getHost();
        int port = url.getPort() < 0 ? 80 : url.getPort();
        var address = new Address(host.replaceAll("[\\[\\]]", ""), port);
        return new Access.Forward(port == 80 ? host : host + ":" + port, Optional.of(address), target(url), copied, timeout);
    }

    private static Access.Forward byRoute(String text, List<String> copied, Duration timeout) {
        URI url = URI.create("http://" + text);
        if (url.getHost() == null || url.getPort() >= 0 || !RouteSpec.allowsHost(url.getHost()) || url.getFragment() != null) {
            throw new IllegalArgumentException("cannot ask '" + Value.cut(text) + "': allowed is HOST/PATH of a route");
        }
        return new Access.Forward(url.getHost(), Optional.empty(), target(url), copied, timeout);
    }

    private static String target(URI url) {
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
    }

    static Optional<Access.Cors> cors(Value value) {
        Fields fields = value.fields(CORS.keys());
        if (value.isMapping() && fields.lacks("origins")) {
            value.wrong("needs 'origins', such as https://a.example");
        }
        List<String> origins = list(fields, "origins", IdentityReader::origin);
        boolean credentials = fields.get("credentials").flatMap(Value::truth).orElse(false);
        if (credentials && origins.contains("*")) {
            value.wrong("cannot let any origin use credentials: every page could act for who looks at it");
            return Optional.empty();
        }
        return Optional.of(new Access.Cors(origins, list(fields, "methods", IdentityReader::method),
                list(fields, "headers", IdentityReader::header), list(fields, "expose", IdentityReader::header), credentials,
                fields.get("max_age").flatMap(age -> age.duration(Duration.ZERO)).orElse(Duration.ofMinutes(10))));
    }

    private static String origin(String text) {
        if (!Access.Cors.allowsOrigin(text)) {
            throw new IllegalArgumentException("cannot allow the origin '" + Value.cut(text)
                    + "': allowed are SCHEME://HOST, SCHEME://*.HOST, each with a port, and *");
        }
        return text;
    }

    private static String method(String text) {
        if (!RouteConditions.allowsMethod(text)) {
            throw new IllegalArgumentException("cannot allow the method '" + Value.cut(text) + "': allowed are names in upper case");
        }
        return text;
    }

    private static String header(String text) {
        if (!Balance.allowsToken(text)) {
            throw new IllegalArgumentException("cannot use '" + Value.cut(text) + "' as the name of a header");
        }
        return text.toLowerCase(Locale.ROOT);
    }

    static Optional<Access.ForwardedFor> forwardedFor(Value value) {
        return value.word(Arrays.asList(Access.ForwardedFor.values()), word -> word.name().toLowerCase(Locale.ROOT));
    }

    private static <T> List<T> list(Fields fields, String key, Function<String, T> make) {
        return fields.get(key).map(Value::oneOrMore).orElse(List.of()).stream().flatMap(each -> each.text(make).stream()).toList();
    }
}
