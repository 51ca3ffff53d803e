package reeve.declare.manifest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Node;
import reeve.declare.yaml.Value;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.Balance;
import reeve.model.Checks;
import reeve.model.Confinement;
import reeve.model.Gate;
import reeve.model.LogRotation;
import reeve.model.Network;
import reeve.model.Notification;
import reeve.model.Resources;
import reeve.model.RestartPolicy;
import reeve.model.Rollout;
import reeve.model.Schedule;
import reeve.model.ServiceName;
import reeve.model.ServiceSpec;
import reeve.model.SleepSpec;
import reeve.model.StartLimits;
import reeve.model.StopSignal;
import reeve.model.Workload;

/// Reads a manifest of the AppManifest form: one app that is one container. Its texts stand for themselves, without variables.
final class AppManifestReader {
    /// What this form's own orchestrator gives an app that says nothing.
    static final Duration STOP_GRACE = Duration.ofSeconds(30);
    private static final List<String> NEEDED = List.of("id", "name", "version", "container");
    private static final List<String> NETWORK_POLICIES = List.of("isolated", "bridge", "host", "none");

    private final Path folder;
    private Fields inner = Fields.NONE;
    private Fields outer = Fields.NONE;

    /// @param file absolute
    AppManifestReader(Path file) {
        this.folder = Optional.ofNullable(file.toAbsolutePath().normalize().getParent()).orElse(file);
    }

    /// By its shape: no services, and an `app`, or a `container` with an `id`.
    static boolean recognises(Node root) {
        if (!(root instanceof Node.Mapping(var _, List<Node.Entry> entries))) {
            return false;
        }
        Map<String, Node> values = entries.stream().collect(Collectors.toMap(Node.Entry::key, Node.Entry::value, (first, _) -> first));
        return !values.containsKey("services")
                && (values.get("app") instanceof Node.Mapping || values.containsKey("id") && values.containsKey("container"));
    }

    Optional<AppSpec> read(Value root) {
        outer = root.fields(AppManifestKeys.ROOT.keys());
        inner = outer.get("app").map(app -> app.fields(AppManifestKeys.BODY.keys())).orElse(Fields.NONE);
        for (String key : NEEDED) {
            if (inner.lacks(key) && outer.lacks(key)) {
                outer.get("app").orElse(root).wrongKey("needs '" + key + "'");
            }
        }
        Optional<AppName> id = get("id").flatMap(value -> value.text(AppName::new));
        Stream.of("description", "category").forEach(key -> get(key).ifPresent(Value::text));
        Stream.of("upstream", "metadata").forEach(key -> get(key).ifPresent(Value::entries));
        get("dependencies").map(Value::items).orElse(List.of()).forEach(AppManifestReader::dependency);
        var scope = new Scope(folder, id.map(AppName::value).orElse("app"), new Templates(Map.of()), Declared.NOTHING);
        Optional<String> name = get("name").flatMap(Value::text);
        Optional<String> version = get("version").flatMap(Value::text);
        var container = new AppManifestContainer(scope, get("container"), get("environment"));
        var ports = AppManifestPorts.read(get("ports"), get("health_check"), get("interfaces"));
        var mounts = new AppManifestMounts(scope).read(get("volumes"), get("hooks"));
        Fields security = get("security").map(value -> value.fields(AppManifestKeys.SECURITY.keys())).orElse(Fields.NONE);
        String network = network(container, security);
        ServiceSpec spec = spec(new ServiceName(scope.app()), container, ports, mounts, security, network,
                Map.of("app.name", name.orElse(""), "app.version", version.orElse("")));
        return id.map(app -> new AppSpec(app, version, List.of(spec), List.of(), mounts.volumes(), networks(scope, network)));
    }

    /// A key may stand under `app` or beside it.
    private Optional<Value> get(String key) {
        Optional<Value> value = inner.get(key);
        if (value.isPresent()) {
            outer.get(key).ifPresent(twice -> twice.wrongKey("given twice: it also stands in app." + key));
        }
        return value.or(() -> outer.get(key));
    }

    private static void dependency(Value item) {
        if (item.isText()) {
            item.text().ifPresent(other -> otherApp(item, other));
            return;
        }
        Fields fields = item.fields(AppManifestKeys.DEPENDENCY.keys());
        fields.get("app_id").ifPresent(value -> value.text(AppName::new).ifPresent(other -> otherApp(value, other.value())));
        fields.get("storage").ifPresent(value -> value.size(0).ifPresent(_ -> value.warn("is not reserved: make sure there is room")));
    }

    private static void otherApp(Value where, String other) {
        where.warn("is not waited for: Reeve orders the services of one app; apply '" + other + "' too");
    }

    private static String network(AppManifestContainer container, Fields security) {
        String policy = security.get("network_policy").flatMap(value -> value.word(NETWORK_POLICIES, word -> word)).orElse("isolated");
        return switch (policy) {
            case "host", "none" -> policy;
            default -> container.network().orElse(SharedReader.DEFAULT_NETWORK);
        };
    }

    private static List<Network> networks(Scope scope, String network) {
        return switch (network) {
            case "host", "none" -> List.of();
            case SharedReader.DEFAULT_NETWORK -> List.of(new Network(network, scope.app() + "_" + network, false, false, Map.of()));
            default -> List.of(new Network(network, network, false, false, Map.of()));
        };
    }

    private ServiceSpec spec(ServiceName name, AppManifestContainer container, AppManifestPorts ports, AppManifestMounts.Read mounts,
            Fields security, String network, Map<String, String> labels) {
        boolean onHost = network.equals(ContainerReader.HOST_NETWORK);
        var workload = new Workload.Container(container.image(name), Optional.empty(), List.of(), Optional.empty(),
                onHost ? 0 : ports.main(), onHost ? List.of() : ports.published(), mounts.mounts(),
                List.of(new Workload.Attachment(network, List.of())), Optional.empty(), Map.of(), Map.of(), false);
        return new ServiceSpec(name, workload, container.environment(), List.of(), container.secrets(), List.of(), ports.healthcheck(),
                Checks.NONE, new RestartPolicy.Always(), StartLimits.NONE, StopSignal.SIGTERM, STOP_GRACE, 1, labels,
                onHost ? ports.main() : 0, List.of(), Balance.DEFAULT, new SleepSpec.Never(), Gate.OPEN, Rollout.DEFAULT,
                new Schedule.Continuous(), List.of(), Notification.NONE, confinement(security, mounts), resources(), LogRotation.DEFAULT);
    }

    private static Confinement confinement(Fields security, AppManifestMounts.Read mounts) {
        var kept = security.get("capabilities").map(ConfinementReader::capabilities);
        return new Confinement(Optional.empty(), List.of(), kept.orElse(Set.of()),
                kept.isPresent() ? Set.of("ALL") : Set.of(),
                security.get("no_new_privileges").flatMap(Value::truth).orElse(false),
                security.get("readonly_root").flatMap(Value::truth).orElse(false), List.of(), List.of(), mounts.temporary(), Map.of(),
                Optional.empty());
    }

    private Resources resources() {
        Fields fields = get("resources").map(value -> value.fields(AppManifestKeys.RESOURCES.keys())).orElse(Fields.NONE);
        fields.get("disk").ifPresent(value -> value.size(0)
                .ifPresent(_ -> value.warn("is not limited: Reeve does not limit how much disk a container uses")));
        return new Resources(
                fields.get("memory_limit").flatMap(value -> value.size(ResourcesReader.LEAST_MEMORY)).map(OptionalLong::of)
                        .orElse(OptionalLong.empty()),
                fields.get("cpu_limit").flatMap(ResourcesReader::cpus).map(OptionalDouble::of).orElse(OptionalDouble.empty()),
                OptionalLong.empty());
    }
}
