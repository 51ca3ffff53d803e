package reeve.declare.yaml;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reeve.base.Nearest;

/// A mapping whose keys were checked against what is allowed.
public final class Fields {
    /// No keys at all.
    public static final Fields NONE = new Fields(List.of(), Keys.of());
    private final Map<String, Value> values = new LinkedHashMap<>();
    private final Set<String> reported = new HashSet<>();

    /// Reports every key of the mapping that is not allowed; `x-…` keys that are not allowed are passed over, as Compose does.
    Fields(Iterable<Value> entries, Keys keys) {
        for (Value entry : entries) {
            String name = entry.name();
            if (keys.allowed().contains(name)) {
                values.put(name, entry);
            } else if (keys.refused().containsKey(name)) {
                entry.wrongKey(keys.refused().get(name));
                reported.add(name);
            } else if (!name.startsWith("x-") && entry.wantsErrors()) {
                String hint = Nearest.hint(name, keys.allowed());
                Nearest.to(name, keys.allowed()).ifPresent(reported::add);
                entry.wrongKey("unknown key" + (hint.isEmpty() ? ";" : hint) + " allowed: " + String.join(", ", keys.allowed()));
            }
        }
    }

    /// The value of a key; empty where it is not given or has no value (`key:`).
    public Optional<Value> get(String key) {
        return Optional.ofNullable(values.get(key)).filter(value -> !value.isNull());
    }

    public boolean has(String key) {
        return get(key).isPresent();
    }

    /// Whether a key was there that is not honoured, or one that looks like it.
    public boolean reported(String key) {
        return reported.contains(key);
    }

    /// Whether a key is missing, and neither it nor what was meant to be it was reported already.
    public boolean lacks(String key) {
        return !has(key) && !reported.contains(key);
    }
}
