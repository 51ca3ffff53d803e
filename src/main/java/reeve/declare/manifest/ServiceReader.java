package reeve.declare.manifest;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Checks;
import reeve.model.Condition;
import reeve.model.Confinement;
import reeve.model.Dependency;
import reeve.model.EnvFile;
import reeve.model.Gate;
import reeve.model.LogRotation;
import reeve.model.Notification;
import reeve.model.Resources;
import reeve.model.RestartPolicy;
import reeve.model.Rollout;
import reeve.model.Schedule;
import reeve.model.Secrets;
import reeve.model.ServiceName;
import reeve.model.ServiceSpec;
import reeve.model.SleepSpec;
import reeve.model.StartLimits;
import reeve.model.StopSignal;
import reeve.model.Template;
import reeve.model.Workload;

/// Reads one service. Reports every value that does not fit and goes on, so that all errors are seen at once.
final class ServiceReader {
    private static final List<String> RESTARTS = List.of("no", "always", "unless-stopped", "on-failure", "on-failure:N");

    private final Path file;
    private final Templates templates;
    private final HealthcheckReader healthchecks;
    private final EnvironmentReader environments;

    /// @param file absolute; relative paths are resolved against its folder
    ServiceReader(Path file, Templates templates) {
        this.file = file;
        this.templates = templates;
        this.healthchecks = new HealthcheckReader(templates);
        this.environments = new EnvironmentReader(templates);
    }

    Draft read(ServiceName name, Value service) {
        int errorsBefore = service.errorCount();
        Fields fields = service.isNull() ? Fields.NONE : service.fields(ComposeKeys.SERVICE);
        Map<String, Value> own = ownKeys(service, fields);
        List<Template> command = command(service, fields);
        List<Draft.Needed> needs = fields.get("depends_on").map(this::needs).orElse(List.of());
        List<Value> routeValues = Optional.ofNullable(own.get("route")).map(Value::oneOrMore).orElse(List.of());
        List<Fields> routeFields = routeValues.stream().map(route -> route.fields(ComposeKeys.ROUTE)).toList();
        List<Draft.Routed> routes = routes(routeValues, routeFields);
        Optional<Value> replicas = fields.get("deploy").flatMap(deploy -> deploy.fields(ComposeKeys.DEPLOY).get("replicas"));
        var process = new Workload.Process(command.isEmpty() ? List.of(Template.text("")) : command,
                fields.get("working_dir").flatMap(this::path).orElse(folder()));
        var spec = new ServiceSpec(name,
                process,
                fields.get("environment").map(environments::environment).orElse(Map.of()),
                fields.get("env_file").map(this::envFiles).orElse(List.of()),
                Secrets.NONE,
                needs.stream().map(Draft.Needed::dependency).toList(),
                healthchecks.read(fields.get("healthcheck"), !routeValues.isEmpty()),
                Checks.NONE,
                fields.get("restart").flatMap(ServiceReader::restart).orElse(new RestartPolicy.Always()),
                StartLimits.NONE,
                fields.get("stop_signal").flatMap(ServiceReader::stopSignal).orElse(StopSignal.SIGTERM),
                fields.get("stop_grace_period").flatMap(grace -> grace.duration(Duration.ZERO)).orElse(ServiceSpec.DEFAULT_STOP_GRACE),
                replicas.flatMap(number -> number.number(0, ServiceSpec.MOST_REPLICAS)).orElse(1),
                fields.get("labels").map(environments::labels).orElse(Map.of()),
                RouteReader.fixedPort(routeFields),
                routes.stream().map(Draft.Routed::route).toList(),
                Optional.ofNullable(own.get("sleep")).map(RouteReader::sleep).orElse(new SleepSpec.Never()),
                new Gate(Optional.ofNullable(own.get("only_on")).map(ServiceReader::onlyOn).orElse(Map.of()),
                        Optional.ofNullable(own.get("enabled")).flatMap(this::enabled).orElse(Gate.OPEN.enabled())),
                Rollout.DEFAULT,
                new Schedule.Continuous(),
                List.of(),
                Notification.NONE,
                Confinement.NONE,
                Resources.UNLIMITED,
                LogRotation.DEFAULT);
        var at = new HashMap<>(own);
        fields.get("healthcheck").ifPresent(value -> at.put("healthcheck", value));
        replicas.ifPresent(value -> at.put("replicas", value));
        return new Draft(spec, service.errorCount() == errorsBefore, fields.has("restart"), needs, routes, service, at);
    }

    /// Reeve's own keys, from the service and from its `x-reeve`.
    private static Map<String, Value> ownKeys(Value service, Fields fields) {
        Optional<Fields> extension = fields.get("x-reeve").map(value -> value.fields(ComposeKeys.SERVICE_OWN));
        var own = new HashMap<String, Value>();
        for (String key : ComposeKeys.OWN) {
            fields.get(key).ifPresent(value -> own.put(key, value));
            extension.flatMap(inner -> inner.get(key)).ifPresent(value -> {
                if (own.put(key, value) != null) {
                    value.wrongKey("given twice: it also stands in services." + service.name() + "." + key);
                }
            });
        }
        return own;
    }

    private List<Template> command(Value service, Fields fields) {
        Optional<Value> given = fields.get("command");
        if (given.isEmpty()) {
            boolean couldHave = service.isNull() || service.isMapping();
            if (couldHave && fields.lacks("command") && !fields.reported("image")) {
                service.wrongKey("needs 'command': the program to run and its arguments");
            }
            return List.of();
        }
        Value value = given.get();
        int errorsBefore = value.errorCount();
        List<Template> command = value.isText()
                ? templates.template(value).map(line -> split(value, line)).orElse(List.of())
                : value.items().stream().flatMap(item -> templates.template(item).stream()).toList();
        if ((command.isEmpty() || command.getFirst().parts().isEmpty()) && value.errorCount() == errorsBefore) {
            value.wrong("needs a program to run");
        }
        return command;
    }

    private static List<Template> split(Value value, Template line) {
        try {
            return CommandLine.split(line);
        } catch (IllegalArgumentException wrong) {
            value.wrong(String.valueOf(wrong.getMessage()));
            return List.of();
        }
    }

    private List<EnvFile> envFiles(Value value) {
        var files = new ArrayList<EnvFile>();
        for (Value item : value.oneOrMore()) {
            if (!item.isMapping()) {
                path(item).ifPresent(path -> files.add(new EnvFile(path, true, EnvFile.Format.COMPOSE)));
                continue;
            }
            Fields fields = item.fields(ComposeKeys.ENV_FILE);
            fields.get("format").ifPresent(format -> format.wrong("not supported yet: leave it out for Compose's format"));
            boolean required = fields.get("required").flatMap(Value::truth).orElse(true);
            if (fields.lacks("path")) {
                item.wrong("needs 'path'");
            }
            fields.get("path").flatMap(this::path).ifPresent(path -> files.add(new EnvFile(path, required, EnvFile.Format.COMPOSE)));
        }
        return files;
    }

    private Path folder() {
        Path folder = file.getParent();
        return folder == null ? file : folder;
    }

    private Optional<Path> path(Value value) {
        return value.text(text -> {
            try {
                if (text.isEmpty()) {
                    throw new IllegalArgumentException("needs a path");
                }
                return folder().resolve(text).normalize();
            } catch (InvalidPathException wrong) {
                throw new IllegalArgumentException("cannot use '" + Value.cut(text) + "' as a path: " + wrong.getReason(), wrong);
            }
        });
    }

    private List<Draft.Needed> needs(Value value) {
        var needs = new ArrayList<Draft.Needed>();
        var names = new HashSet<ServiceName>();
        for (Value item : value.isList() ? value.items() : value.entries()) {
            boolean named = value.isMapping();
            Optional<ServiceName> service = named ? name(item, item.name()) : item.text().flatMap(text -> name(item, text));
            Fields fields = named && !item.isNull() ? item.fields(ComposeKeys.DEPENDENCY) : Fields.NONE;
            Condition condition = fields.get("condition").flatMap(word -> word.word(Arrays.asList(Condition.values()), Condition::word))
                    .orElse(Condition.STARTED);
            boolean required = fields.get("required").flatMap(Value::truth).orElse(true);
            service.ifPresent(found -> {
                if (names.add(found)) {
                    needs.add(new Draft.Needed(new Dependency(found, condition, required), item));
                } else {
                    item.wrong("given twice: '" + found + "'");
                }
            });
        }
        return needs;
    }

    private static Optional<ServiceName> name(Value where, String text) {
        if (ServiceName.allows(text)) {
            return Optional.of(new ServiceName(text));
        }
        where.wrongKey("cannot use '" + Value.cut(text) + "' as service name: allowed are " + ServiceName.ALLOWED);
        return Optional.empty();
    }

    private static List<Draft.Routed> routes(List<Value> values, List<Fields> fields) {
        var routes = new ArrayList<Draft.Routed>();
        for (int i = 0; i < values.size(); i++) {
            Value value = values.get(i);
            RouteReader.route(value, fields.get(i)).ifPresent(route -> routes.add(new Draft.Routed(route, value)));
        }
        return routes;
    }

    private static Optional<RestartPolicy> restart(Value value) {
        return value.text().flatMap(text -> {
            String limit = text.startsWith("on-failure:") ? text.substring(11) : "";
            if (limit.matches("[1-9][0-9]{0,8}")) {
                return Optional.of(new RestartPolicy.OnFailure(Integer.parseInt(limit)));
            }
            return switch (text) {
                case "no" -> Optional.of(new RestartPolicy.Never());
                case "always", "unless-stopped" -> Optional.of(new RestartPolicy.Always());
                case "on-failure" -> Optional.of(new RestartPolicy.OnFailure(Integer.MAX_VALUE));
                default -> value.unlike(text, RESTARTS);
            };
        });
    }

    private static Optional<StopSignal> stopSignal(Value value) {
        return value.text().flatMap(text -> {
            String name = text.toUpperCase(Locale.ROOT);
            for (StopSignal signal : StopSignal.values()) {
                if (name.equals(signal.name()) || name.equals(signal.name().substring(3)) || name.equals(String.valueOf(signal.number()))) {
                    return Optional.of(signal);
                }
            }
            return value.unlike(text, Arrays.stream(StopSignal.values()).map(StopSignal::name).toList());
        });
    }

    private static Map<String, Set<String>> onlyOn(Value value) {
        Fields fields = value.fields(ComposeKeys.ONLY_ON);
        var allowed = new LinkedHashMap<String, Set<String>>();
        fields.get("class").ifPresent(choices -> allowed.put("class", choices(choices)));
        fields.get("name").ifPresent(choices -> allowed.put("name", choices(choices)));
        for (Value label : fields.get("labels").map(Value::entries).orElse(List.of())) {
            if (label.name().equals("class") || label.name().equals("name")) {
                label.wrongKey("cannot ask for a label of this name: write only_on." + label.name());
            } else {
                allowed.put(label.name(), choices(label));
            }
        }
        return allowed;
    }

    private static Set<String> choices(Value value) {
        var choices = new TreeSet<String>();
        value.oneOrMore().forEach(choice -> choice.text().ifPresent(choices::add));
        if (choices.isEmpty() && value.isList()) {
            value.wrong("needs at least one choice");
        }
        return choices;
    }

    private Optional<Template> enabled(Value value) {
        return templates.template(value).filter(template -> {
            boolean fits = template.parts().size() == 1 && switch (template.parts().getFirst()) {
                case Template.Text(String text) -> text.equals("true") || text.equals("false");
                case Template.Feature _ -> true;
                case Template.OwnPort _, Template.ServiceAddress _, Template.ServicePort _, Template.JavaHome _, Template.NodeFact _,
                     Template.Value _ -> false;
            };
            if (!fits) {
                value.wrong("cannot read '" + Value.cut(template.toString()) + "': allowed are true, false and ${features.NAME}");
            }
            return fits;
        });
    }
}
