package reeve.model.wire;

import io.avaje.jsonb.Json;

/// @param volumes whether the app's volumes are removed too, once everything of it has stopped
@Json(naming = Json.Naming.LowerUnderscore)
public record DownRequest(boolean volumes) {}
