package reeve.declare.manifest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Healthcheck;
import reeve.model.RouteSpec;
import reeve.model.Template;

/// Reads `healthcheck`: Compose's `test`, or Reeve's `http` or `tcp` on the service's own port.
final class HealthcheckReader {
    private final Templates templates;

    HealthcheckReader(Templates templates) {
        this.templates = templates;
    }

    /// @param port that it names, as the one the service listens on
    record Read(Healthcheck check, Optional<Value> port) {}

    /// @param routed a routed service that declares no probe of its own is probed by TCP, so that no request comes too early
    Read read(Optional<Value> given, boolean routed) {
        Healthcheck.Probe otherwise = routed ? new Healthcheck.Tcp() : new Healthcheck.None();
        if (given.isEmpty()) {
            return new Read(Healthcheck.of(otherwise), Optional.empty());
        }
        Value value = given.get();
        Fields fields = value.fields(PartKeys.HEALTHCHECK.keys());
        Duration least = Duration.ofMillis(1);
        var check = new Healthcheck(
                probe(value, fields, otherwise),
                fields.get("interval").flatMap(length -> length.duration(least)).orElse(Healthcheck.DEFAULT_INTERVAL),
                fields.get("timeout").flatMap(length -> length.duration(least)).orElse(Healthcheck.DEFAULT_TIMEOUT),
                fields.get("retries").flatMap(number -> number.number(1, 1000)).orElse(Healthcheck.DEFAULT_RETRIES),
                fields.get("start_period").flatMap(length -> length.duration(Duration.ZERO)).orElse(Healthcheck.DEFAULT_START_PERIOD));
        return new Read(check, fields.get("port"));
    }

    private Healthcheck.Probe probe(Value value, Fields fields, Healthcheck.Probe otherwise) {
        boolean disabled = fields.get("disable").flatMap(Value::truth).orElse(false);
        var probes = new ArrayList<Healthcheck.Probe>();
        fields.get("test").flatMap(this::test).ifPresent(probes::add);
        fields.get("http").flatMap(this::http).ifPresent(probes::add);
        fields.get("tcp").flatMap(Value::truth).filter(wanted -> wanted).ifPresent(_ -> probes.add(new Healthcheck.Tcp()));
        if (probes.size() > 1) {
            value.wrong("cannot use more than one of test, http and tcp");
        }
        boolean declares = fields.has("test") || fields.has("http") || fields.has("tcp") || fields.has("disable");
        if (!declares && otherwise instanceof Healthcheck.None && value.isMapping()) {
            value.wrong("needs one of test, http and tcp");
        }
        if (fields.has("port") && !fields.has("http") && !fields.has("tcp")) {
            fields.get("port").ifPresent(port -> port.wrong("needs 'http' or 'tcp' beside it"));
        }
        return disabled ? new Healthcheck.None() : probes.isEmpty() ? otherwise : probes.getFirst();
    }

    private Optional<Healthcheck.Probe> http(Value value) {
        return path(value).map(Healthcheck.Http::new);
    }

    static Optional<String> path(Value value) {
        return value.text().flatMap(path -> {
            String withoutQuery = path.indexOf('?') < 0 ? path : path.substring(0, path.indexOf('?'));
            if (!RouteSpec.allowsPath(withoutQuery) || !path.matches("[!-~]*")) {
                value.wrong("cannot probe '" + Value.cut(path) + "': allowed is a path such as /healthz");
                return Optional.empty();
            }
            return Optional.of(path);
        });
    }

    private Optional<Healthcheck.Probe> test(Value value) {
        if (value.isText()) {
            return templates.template(value).flatMap(script -> nonEmpty(value, List.of(script))).map(HealthcheckReader::shell);
        }
        List<Value> items = value.items();
        if (items.isEmpty()) {
            if (value.isList()) {
                value.wrong("needs a first item: CMD, CMD-SHELL or NONE");
            }
            return Optional.empty();
        }
        List<Template> rest = items.stream().skip(1).flatMap(item -> templates.template(item).stream()).toList();
        return items.getFirst().text().flatMap(kind -> switch (kind) {
            case "NONE" -> Optional.of(new Healthcheck.None());
            case "CMD" -> nonEmpty(value, rest).map(Healthcheck.Exec::new);
            case "CMD-SHELL" -> nonEmpty(value, rest).map(HealthcheckReader::shell);
            default -> {
                items.getFirst().wrong("cannot read '" + Value.cut(kind) + "': allowed as the first item are CMD, CMD-SHELL and NONE");
                yield Optional.empty();
            }
        });
    }

    private static Optional<List<Template>> nonEmpty(Value value, List<Template> command) {
        if (command.isEmpty() || command.getFirst().parts().isEmpty()) {
            value.wrong("needs a program to run");
            return Optional.empty();
        }
        return Optional.of(command);
    }

    private static Healthcheck.Probe shell(List<Template> script) {
        return new Healthcheck.Exec(List.of(Template.text("/bin/sh"), Template.text("-c"), script.getFirst()));
    }
}
