package reeve.model;

import java.util.Map;

/// A network of an app's containers, on which services find each other by name.
/// @param key      in the manifest
/// @param name     at the runtime
/// @param external not ours: it must be there, and is never made or removed
/// @param internal without a way out
public record Network(String key, String name, boolean external, boolean internal, Map<String, String> labels) {
    public Network {
        labels = Map.copyOf(labels);
    }
}
