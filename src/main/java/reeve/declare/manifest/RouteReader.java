package reeve.declare.manifest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import reeve.base.regex.LinearPattern;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.PathKind;
import reeve.model.Redirect;
import reeve.model.RouteConditions;
import reeve.model.RouteHandling;
import reeve.model.RouteHandling.AmbiguousPaths;
import reeve.model.RouteHandling.PathChange;
import reeve.model.RouteSpec;
import reeve.model.SleepKind;
import reeve.model.SleepSpec;

/// Reads what concerns a service's traffic: where it is routed, and when it sleeps.
final class RouteReader {
    private RouteReader() {}

    static Optional<RouteSpec> route(Value value, Fields fields, Scope scope) {
        if (value.isMapping() && fields.lacks("host")) {
            value.wrong("needs 'host': a name, '*.suffix', or '*' for every host");
        }
        Optional<String> host = fields.get("host").flatMap(given -> given.text(RouteReader::host));
        Optional<PathKind> kind = fields.has("match")
                ? fields.get("match").flatMap(given -> given.word(Arrays.asList(PathKind.values()), RouteReader::word))
                : Optional.of(PathKind.PREFIX);
        Optional<String> path = fields.has("path")
                ? fields.get("path").flatMap(given -> given.text(text -> kind.map(how -> path(text, how)).orElse("/"))) : Optional.of("/");
        RouteConditions when = conditions(fields);
        Optional<RouteHandling> handling = handling(fields, kind.orElse(PathKind.PREFIX), scope);
        return host.flatMap(name -> kind.flatMap(how -> path.flatMap(text -> handling.map(
                what -> new RouteSpec(name, text, how, when, what)))));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static RouteConditions conditions(Fields fields) {
        List<String> methods = fields.get("methods").map(Value::oneOrMore).orElse(List.of()).stream()
                .flatMap(given -> given.text(RouteReader::method).stream()).toList();
        var headers = new ArrayList<RouteConditions.Header>();
        for (Value given : fields.get("headers").map(Value::entries).orElse(List.of())) {
            String name = given.name().toLowerCase(Locale.ROOT);
            if (!RouteConditions.Header.allowsName(name) || headers.stream().anyMatch(other -> other.name().equals(name))) {
                given.wrongKey(
                        "cannot ask for the header '" + Value.cut(given.name()) + "': allowed are letters, digits and '-', each once");
            } else if (given.isNull()) {
                headers.add(new RouteConditions.Header(name, Optional.empty()));
            } else {
                given.text(RouteReader::headerValue).ifPresent(wanted -> headers.add(
                        new RouteConditions.Header(name, Optional.of(wanted))));
            }
        }
        return new RouteConditions(methods, headers);
    }

    private static String method(String text) {
        if (!RouteConditions.allowsMethod(text)) {
            throw new IllegalArgumentException("cannot ask for the method '" + Value.cut(text) + "': allowed are names in upper case");
        }
        return text;
    }

    private static String headerValue(String text) {
        if (!RouteConditions.Header.allowsValue(text)) {
            throw new IllegalArgumentException("cannot ask for this value: allowed is one line of ASCII text");
        }
        return text;
    }

    /// @return empty where something does not fit
    private static Optional<RouteHandling> handling(Fields fields, PathKind kind, Scope scope) {
        Optional<Boolean> strips = fields.get("strip_prefix").flatMap(Value::truth);
        Optional<String> to = fields.get("rewrite").flatMap(given -> given.text(RouteReader::rewrite));
        AmbiguousPaths ambiguous = fields.get("ambiguous_paths")
                .flatMap(given -> given.word(List.of(AmbiguousPaths.REFUSE, AmbiguousPaths.PASS), RouteReader::word))
                .orElse(AmbiguousPaths.UNLESS_ALONE);
        Optional<Integer> weight = fields.get("weight").flatMap(given -> given.number(0, RouteHandling.MOST_WEIGHT));
        if (strips.orElse(false) && (fields.has("rewrite") || kind != PathKind.PREFIX)) {
            fields.get("strip_prefix").ifPresent(given -> given.wrong(fields.has("rewrite")
                    ? "cannot both strip the prefix and rewrite it" : "cannot strip the prefix: this path is none"));
            return Optional.empty();
        }
        PathChange change = strips.orElse(false) ? new PathChange.StripPrefix()
                : to.<PathChange>map(PathChange.Rewrite::new).orElse(new PathChange.None());
        return Optional.of(new RouteHandling(change, ambiguous, weight, EdgeReader.read(fields, scope.folder()),
                AccessReader.read(fields.get("access"), scope.declared()), TlsReader.read(fields, scope)));
    }

    private static String rewrite(String text) {
        if (!PathChange.Rewrite.allows(text)) {
            throw new IllegalArgumentException("cannot rewrite to '" + Value.cut(text)
                    + "': it must start with '/' and hold no '?', '#', '//', '.' or '..' segment or space");
        }
        return text;
    }

    /// `URL`, or `{to: URL, status: …}`.
    static Optional<Redirect> redirect(Value value) {
        if (value.isText()) {
            return value.text(RouteReader::redirectTarget).map(to -> new Redirect(to, Redirect.DEFAULT_STATUS));
        }
        Fields fields = value.fields(PartKeys.REDIRECT.keys());
        if (value.isMapping() && fields.lacks("to")) {
            value.wrong("needs 'to', such as https://example.org{path}{query}");
        }
        Optional<Integer> status = fields.has("status") ? fields.get("status").flatMap(RouteReader::status)
                : Optional.of(Redirect.DEFAULT_STATUS);
        return fields.get("to").flatMap(given -> given.text(RouteReader::redirectTarget))
                .flatMap(to -> status.map(number -> new Redirect(to, number)));
    }

    private static Optional<Integer> status(Value given) {
        Optional<Integer> status = given.number(300, 399);
        if (status.isPresent() && !Redirect.allowsStatus(status.get())) {
            given.wrong("cannot redirect with " + status.get() + ": allowed are 301, 302, 303, 307 and 308");
            return Optional.empty();
        }
        return status;
    }

    private static String redirectTarget(String text) {
        if (!Redirect.allowsTarget(text)) {
            throw new IllegalArgumentException("cannot redirect to '" + Value.cut(text)
                    + "': allowed is a URL with its host written down, or a path; with {host}, {path}, {rest} and {query} of the request");
        }
        return text;
    }

    private static String host(String text) {
        String host = text.toLowerCase(Locale.ROOT);
        if (!RouteSpec.allowsHost(host)) {
            throw new IllegalArgumentException("cannot route host '" + Value.cut(text)
                    + "': allowed are a name without port, '*.suffix' or '*'");
        }
        return host;
    }

    private static String path(String text, PathKind kind) {
        if (kind == PathKind.REGEX) {
            if (!RouteSpec.allowsRegex(text)) {
                throw new IllegalArgumentException("cannot route path '" + Value.cut(text)
                        + "': it must start with '/' and have at most 1000 visible ASCII characters");
            }
            LinearPattern.of(text);
        } else if (!RouteSpec.allowsPath(text)) {
            throw new IllegalArgumentException("cannot route path '" + Value.cut(text)
                    + "': it must start with '/' and hold no '?', '#', '//', '.' or '..' segment or space");
        }
        return text;
    }

    static SleepSpec sleep(Value value) {
        Fields fields = value.fields(PartKeys.SLEEP.keys());
        if (value.isMapping() && fields.lacks("after")) {
            value.wrong("needs 'after': how long without requests until it sleeps, such as 10m");
        }
        Duration least = Duration.ofMillis(1);
        Optional<Duration> after = fields.get("after").flatMap(given -> given.duration(least));
        SleepKind how = fields.get("how").flatMap(given -> given.word(Arrays.asList(SleepKind.values()), SleepKind::word))
                .orElse(SleepKind.FREEZE);
        Duration timeout = fields.get("wake_timeout").flatMap(given -> given.duration(least)).orElse(SleepSpec.DEFAULT_WAKE_TIMEOUT);
        return after.<SleepSpec>map(idle -> new SleepSpec.WhenIdle(idle, how, timeout)).orElse(new SleepSpec.Never());
    }

    /// The one port that a service's routes and checks give; 0 where they give none.
    static int fixedPort(List<Value> given) {
        int port = 0;
        for (Value value : given) {
            int next = value.number(1, 65535).orElse(0);
            if (port != 0 && next != 0 && port != next) {
                value.wrong("cannot use a second port " + next + ": a service listens on one, here " + port);
            }
            port = next == 0 ? port : next;
        }
        return port;
    }
}
