package reeve.declare.yaml;

import java.util.List;
import java.util.Map;

/// Which keys a mapping may have.
/// @param allowed what is honoured
/// @param refused well-known keys that are not honoured, each with what to say
public record Keys(List<String> allowed, Map<String, String> refused) {

    public Keys {
        allowed = List.copyOf(allowed);
        refused = Map.copyOf(refused);
    }

    public static Keys of(String... allowed) {
        return new Keys(List.of(allowed), Map.of());
    }
}
