package reeve.declare.manifest;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import reeve.base.Nearest;
import reeve.declare.yaml.Value;
import reeve.model.Network;
import reeve.model.Secrets;
import reeve.model.Volume;

/// What an app declares for its services to use, each by its key, in the manifest's order.
record Declared(
        Map<String, Volume> volumes, Map<String, Network> networks, Map<String, Path> configs, Map<String, Secrets.Source> secrets) {
    static final Declared NOTHING = new Declared(Map.of(), Map.of(), Map.of(), Map.of());
    private static final int MOST_NAMES = 20;

    Declared {
        volumes = Collections.unmodifiableMap(new LinkedHashMap<>(volumes));
        networks = Collections.unmodifiableMap(new LinkedHashMap<>(networks));
        configs = Collections.unmodifiableMap(new LinkedHashMap<>(configs));
        secrets = Collections.unmodifiableMap(new LinkedHashMap<>(secrets));
    }

    /// @return empty after it reported that there is none
    Optional<Volume> volume(Value where, String key) {
        return find(where, "volume", "volumes", volumes, key);
    }

    Optional<Network> network(Value where, String key) {
        return find(where, "network", "networks", networks, key);
    }

    Optional<Path> config(Value where, String key) {
        return find(where, "config", "configs", configs, key);
    }

    Optional<Secrets.Source> secret(Value where, String key) {
        return find(where, "secret", "secrets", secrets, key);
    }

    private static <T> Optional<T> find(Value where, String what, String plural, Map<String, T> all, String key) {
        T found = all.get(key);
        if (found == null && where.wantsErrors()) {
            List<String> names = List.copyOf(new TreeMap<>(all).keySet());
            String hint = Nearest.hint(key, names);
            String declared = names.isEmpty() ? "none" : String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size())));
            where.wrong("there is no " + what + " '" + Value.cut(key) + "' in this app" + (hint.isEmpty() ? ";" : hint)
                    + " declared under '" + plural + "': " + declared);
        }
        return Optional.ofNullable(found);
    }
}
