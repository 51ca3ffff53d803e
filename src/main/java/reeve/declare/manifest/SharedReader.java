package reeve.declare.manifest;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Network;
import reeve.model.Secrets;
import reeve.model.Volume;

/// Reads what the services of an app share: volumes, networks, configs, secrets.
final class SharedReader {
    /// The network of containers that name none.
    static final String DEFAULT_NETWORK = "default";
    private static final String NAMES = "[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}";

    private final Scope scope;
    private final EnvironmentReader environments;

    /// @param scope without what is declared, which is read here
    SharedReader(Scope scope) {
        this.scope = scope;
        this.environments = new EnvironmentReader(scope);
    }

    Declared read(Fields top) {
        var volumes = new LinkedHashMap<String, Volume>();
        for (Value entry : entries(top, "volumes")) {
            volumes.put(entry.name(), volume(entry));
        }
        var networks = new LinkedHashMap<String, Network>();
        networks.put(DEFAULT_NETWORK, new Network(DEFAULT_NETWORK, scope.app() + "_" + DEFAULT_NETWORK, false, false, Map.of()));
        for (Value entry : entries(top, "networks")) {
            networks.put(entry.name(), network(entry));
        }
        var configs = new LinkedHashMap<String, Path>();
        for (Value entry : entries(top, "configs")) {
            file(entry, AppKeys.CONFIG).ifPresent(path -> configs.put(entry.name(), path));
        }
        var secrets = new LinkedHashMap<String, Secrets.Source>();
        for (Value entry : entries(top, "secrets")) {
            file(entry, AppKeys.SECRET).ifPresent(path -> secrets.put(entry.name(), new Secrets.Source.OfFile(path)));
        }
        return new Declared(volumes, networks, configs, secrets);
    }

    /// Those with a usable key.
    private static List<Value> entries(Fields top, String key) {
        return top.get(key).map(Value::entries).orElse(List.of()).stream().filter(entry -> {
            boolean usable = entry.name().matches(NAMES);
            if (!usable) {
                entry.wrongKey("cannot use '" + Value.cut(entry.name())
                        + "' as a name: allowed are letters, digits, '.', '_' and '-', starting with a letter or digit");
            }
            return usable;
        }).toList();
    }

    private Volume volume(Value entry) {
        Fields fields = fields(entry, AppKeys.VOLUME);
        fields.get("driver").ifPresent(driver -> driver.word(List.of("local"), word -> word));
        boolean external = external(fields);
        return new Volume(entry.name(), name(entry, fields, external), external,
                fields.get("driver_opts").map(environments::labels).orElse(Map.of()),
                fields.get("labels").map(environments::labels).orElse(Map.of()));
    }

    private Network network(Value entry) {
        if (entry.name().equals("host") || entry.name().equals("none")) {
            entry.wrongKey("cannot use '" + entry.name() + "' as a network's key: write network_mode: " + entry.name() + " in the service");
        }
        Fields fields = fields(entry, AppKeys.NETWORK);
        fields.get("driver").ifPresent(driver -> driver.word(List.of("bridge"), word -> word));
        fields.get("attachable").ifPresent(attachable -> attachable.word(List.of("true"), word -> word));
        boolean external = external(fields);
        return new Network(entry.name(), name(entry, fields, external), external,
                fields.get("internal").flatMap(Value::truth).orElse(false),
                fields.get("labels").map(environments::labels).orElse(Map.of()));
    }

    private Optional<Path> file(Value entry, KeyTable table) {
        Fields fields = fields(entry, table);
        boolean otherwise = Stream.of("content", "environment", "external").anyMatch(fields::reported);
        if (fields.lacks("file") && !otherwise) {
            entry.wrongKey("needs 'file': a path of this machine");
        }
        fields.get("name").ifPresent(Value::text);
        return fields.get("file").flatMap(scope::path);
    }

    private static Fields fields(Value entry, KeyTable table) {
        return entry.isNull() ? Fields.NONE : entry.fields(table.keys());
    }

    private static boolean external(Fields fields) {
        return fields.get("external").map(value -> value.isMapping() || value.truth().orElse(false)).orElse(false);
    }

    private String name(Value entry, Fields fields, boolean external) {
        Optional<Value> old = fields.get("external").filter(Value::isMapping)
                .flatMap(value -> value.fields(AppKeys.EXTERNAL.keys()).get("name"));
        return fields.get("name").or(() -> old).flatMap(value -> value.text(SharedReader::name))
                .orElse(external ? entry.name() : scope.app() + "_" + entry.name());
    }

    static String name(String text) {
        if (!text.matches(NAMES)) {
            throw new IllegalArgumentException("cannot use '" + Value.cut(text)
                    + "' as a name: allowed are letters, digits, '.', '_' and '-', starting with a letter or digit");
        }
        return text;
    }
}
