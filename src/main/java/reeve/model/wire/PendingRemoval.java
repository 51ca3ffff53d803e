package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.util.List;

/// Data of an app that is to be removed once nothing of the app runs, as the store keeps it, under `/reeve/v1/local/removals/APP`.
/// @param volumes names at the runtime
@Json(naming = Json.Naming.LowerUnderscore)
public record PendingRemoval(List<String> volumes) {

    public PendingRemoval {
        Present.all("pending removal", volumes);
        volumes = List.copyOf(volumes);
    }
}
