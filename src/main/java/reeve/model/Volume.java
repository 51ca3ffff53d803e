package reeve.model;

import java.util.Map;

/// A volume that an app's containers share. It outlives the app unless its removal is asked for.
/// @param key      in the manifest
/// @param name     at the runtime
/// @param external not ours: it must be there, and is never made or removed
/// @param options  of its driver
public record Volume(String key, String name, boolean external, Map<String, String> options, Map<String, String> labels) {
    public Volume {
        options = Map.copyOf(options);
        labels = Map.copyOf(labels);
    }
}
