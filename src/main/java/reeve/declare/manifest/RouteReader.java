package reeve.declare.manifest;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.RouteSpec;
import reeve.model.SleepKind;
import reeve.model.SleepSpec;

/// Reads what concerns a service's traffic: where it is routed, and when it sleeps.
final class RouteReader {
    private RouteReader() {}

    static Optional<RouteSpec> route(Value value, Fields fields) {
        if (value.isMapping() && fields.lacks("host")) {
            value.wrong("needs 'host': a name, '*.suffix', or '*' for every host");
        }
        Optional<String> host = fields.get("host").flatMap(given -> given.text(RouteReader::host));
        Optional<String> path = fields.has("path") ? fields.get("path").flatMap(given -> given.text(RouteReader::path)) : Optional.of("/");
        return host.flatMap(name -> path.map(prefix -> new RouteSpec(name, prefix)));
    }

    private static String host(String text) {
        String host = text.toLowerCase(Locale.ROOT);
        if (!RouteSpec.allowsHost(host)) {
            throw new IllegalArgumentException("cannot route host '" + Value.cut(text)
                    + "': allowed are a name without port, '*.suffix' or '*'");
        }
        return host;
    }

    private static String path(String text) {
        if (!RouteSpec.allowsPath(text)) {
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
