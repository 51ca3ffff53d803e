package reeve.declare.manifest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.BackendTls;
import reeve.model.Checks;
import reeve.model.RestartPolicy;
import reeve.model.Rollout;
import reeve.model.Secrets;
import reeve.model.ServiceName;
import reeve.model.ServiceSpec;
import reeve.model.SleepSpec;
import reeve.model.StopSignal;
import reeve.model.Template;
import reeve.model.Workload;

/// Reads one service, with a reader for each part of it. Reports every value that does not fit and goes on, so that all errors
/// are seen at once.
final class ServiceReader {
    private static final List<String> IMAGES = List.of("image", "build");

    private final Scope scope;
    private final CommandReader commands;
    private final ContainerReader containers;
    private final ConfinementReader confinements;
    private final HealthcheckReader healthchecks;
    private final EnvironmentReader environments;
    private final SecretsReader secrets;
    private final GateReader gates;
    private final LifeReader lives;

    ServiceReader(Scope scope) {
        this.scope = scope;
        this.commands = new CommandReader(scope.templates());
        this.containers = new ContainerReader(scope);
        this.confinements = new ConfinementReader(scope);
        this.healthchecks = new HealthcheckReader(scope.templates());
        this.environments = new EnvironmentReader(scope);
        this.secrets = new SecretsReader(scope.declared());
        this.gates = new GateReader(scope.templates());
        this.lives = new LifeReader(scope.templates());
    }

    Draft read(ServiceName name, Value service) {
        int errorsBefore = service.errorCount();
        Fields fields = service.isNull() ? Fields.NONE : service.fields(ServiceKeys.SERVICE.keys());
        Map<String, Value> own = ownKeys(service, fields);
        boolean container = IMAGES.stream().anyMatch(key -> fields.has(key) || fields.reported(key)) || own.containsKey("image_archive");
        fitting(service, fields, own, container);
        List<Draft.Needed> needs = fields.get("depends_on").map(DependencyReader::read).orElse(List.of());
        List<Value> routeValues = Optional.ofNullable(own.get("route")).map(Value::oneOrMore).orElse(List.of());
        List<Fields> routeFields = routeValues.stream().map(route -> route.fields(PartKeys.ROUTE.keys())).toList();
        List<Draft.Routed> routes = routes(routeValues, routeFields, scope);
        Deploy deploy = Deploy.read(fields.get("deploy"));
        Restarting restart = Restarting.read(fields.get("restart"), deploy.restart(), optional(own, "start_limits"));
        EnvironmentReader.Environment environment = fields.get("environment").map(environments::environment)
                .orElse(EnvironmentReader.Environment.EMPTY);
        HealthcheckReader.Read healthcheck = healthchecks.read(fields.get("healthcheck"), !routeValues.isEmpty());
        List<HealthcheckReader.Read> checks = Stream.of("startup", "readiness", "liveness")
                .map(key -> healthchecks.read(optional(own, key), false)).toList();
        Optional<BackendTls> tls = BackendTlsReader.read(optional(own, "backend_tls"), scope)
                .map(said -> said.serverName().isPresent() ? said : said.named("localhost"));
        int port = RouteReader.fixedPort(Stream.concat(routeFields.stream().map(route -> route.get("port")),
                Stream.concat(Stream.of(healthcheck), checks.stream()).map(HealthcheckReader.Read::port))
                .flatMap(Optional::stream).toList());
        Ran ran = container ? container(name, service, fields, own, port) : process(service, fields, port);
        var spec = new ServiceSpec(name,
                ran.workload,
                environment.plain(),
                fields.get("env_file").map(environments::files).orElse(List.of()),
                new Secrets(fields.get("secrets").map(value -> secrets.files(value, container)).orElse(List.of()), environment.secret()),
                needs.stream().map(Draft.Needed::dependency).toList(),
                healthcheck.check().over(tls),
                new Checks(checks.get(0).check().over(tls), checks.get(1).check().over(tls), checks.get(2).check().over(tls)),
                restart.policy().orElse(new RestartPolicy.Always()),
                restart.limits(),
                fields.get("stop_signal").flatMap(ServiceReader::stopSignal).orElse(StopSignal.SIGTERM),
                fields.get("stop_grace_period").flatMap(grace -> grace.duration(Duration.ZERO)).orElse(ServiceSpec.DEFAULT_STOP_GRACE),
                deploy.replicas(fields),
                fields.get("labels").map(environments::labels).orElse(Map.of()),
                ran.fixedPort,
                routes.stream().map(Draft.Routed::route).toList(),
                BalanceReader.read(optional(own, "balance"), optional(own, "timeouts")).withTls(tls),
                optional(own, "sleep").map(RouteReader::sleep).orElse(new SleepSpec.Never()),
                gates.read(optional(own, "only_on"), optional(own, "enabled")),
                new Rollout(deploy.order(), optional(own, "drain_timeout").flatMap(length -> length.duration(Duration.ZERO))
                        .orElse(Rollout.DEFAULT_DRAIN)),
                LifeReader.schedule(optional(own, "schedule")),
                lives.hooks(fields, own, container),
                LifeReader.notification(optional(own, "notify")),
                confinements.read(fields, own, ran.temporary),
                ResourcesReader.read(fields, deploy.limits()),
                LifeReader.logs(optional(own, "logs"), fields.get("logging")));
        var at = new HashMap<>(own);
        for (String key : List.of("healthcheck", "ports", "restart", "command", "deploy", "network_mode")) {
            fields.get(key).ifPresent(value -> at.put(key, value));
        }
        deploy.restart().ifPresent(value -> at.putIfAbsent("restart", value));
        deploy.replicasAt(fields).ifPresent(value -> at.put("replicas", value));
        return new Draft(spec, service.errorCount() == errorsBefore, restart.policy().isPresent(), needs, routes, service, at);
    }

    /// @param fixedPort what `${port}` is; 0 where Reeve picks it
    /// @param temporary folders in memory that the workload's keys ask for: path → options
    private record Ran(Workload workload, int fixedPort, Map<String, String> temporary) {}

    private Ran container(ServiceName name, Value service, Fields fields, Map<String, Value> own, int port) {
        ContainerReader.Read read = containers.read(name, service, fields, own, port);
        return new Ran(read.container(), read.fixedPort(), read.temporary());
    }

    private Ran process(Value service, Fields fields, int port) {
        boolean couldHave = service.isNull() || service.isMapping();
        if (couldHave && fields.lacks("command")) {
            service.wrongKey("needs 'command', a program to run and its arguments, or 'image', a container");
        }
        List<Template> command = fields.get("command").map(commands::needed).orElse(List.of());
        Path workingDirectory = fields.get("working_dir").flatMap(scope::path).orElse(scope.folder());
        return new Ran(new Workload.Process(command.isEmpty() ? List.of(Template.text("")) : command, workingDirectory),
                port, Map.of());
    }

    /// Refuses keys that a service of this kind cannot have; where the kind is not known, that is all that is said.
    private static void fitting(Value service, Fields fields, Map<String, Value> own, boolean container) {
        if (!container && fields.lacks("command") || !service.isMapping()) {
            return;
        }
        var given = new LinkedHashMap<String, Value>();
        for (Key key : ServiceKeys.SERVICE.honoured()) {
            fields.get(key.name()).ifPresent(value -> given.put(key.name(), value));
        }
        given.putAll(own);
        given.forEach((key, value) -> ServiceKeys.SERVICE.find(key).filter(found -> !found.fits(container))
                .ifPresent(found -> value.wrongKey(found.unfit())));
    }

    /// Reeve's own keys, from the service and from its `x-reeve`.
    private static Map<String, Value> ownKeys(Value service, Fields fields) {
        Optional<Fields> extension = fields.get("x-reeve").map(value -> value.fields(ServiceKeys.OWN.keys()));
        var own = new HashMap<String, Value>();
        for (Key key : ServiceKeys.OWN.honoured()) {
            fields.get(key.name()).ifPresent(value -> own.put(key.name(), value));
            extension.flatMap(inner -> inner.get(key.name())).ifPresent(value -> {
                if (own.put(key.name(), value) != null) {
                    value.wrongKey("given twice: it also stands in services." + service.name() + "." + key.name());
                }
            });
        }
        return own;
    }

    private static Optional<Value> optional(Map<String, Value> own, String key) {
        return Optional.ofNullable(own.get(key));
    }

    private static List<Draft.Routed> routes(List<Value> values, List<Fields> fields, Scope scope) {
        var routes = new ArrayList<Draft.Routed>();
        for (int i = 0; i < values.size(); i++) {
            Value value = values.get(i);
            RouteReader.route(value, fields.get(i), scope).ifPresent(route -> routes.add(new Draft.Routed(route, value)));
        }
        return routes;
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
}
