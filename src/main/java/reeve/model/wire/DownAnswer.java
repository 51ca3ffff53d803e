package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.util.List;

/// @param volumes that are removed once everything of the app has stopped; the journal says when they are (`volumes_removed`)
@Json(naming = Json.Naming.LowerUnderscore)
public record DownAnswer(List<String> volumes) {

    public DownAnswer {
        volumes = List.copyOf(volumes);
    }
}
