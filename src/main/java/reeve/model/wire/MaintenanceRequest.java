package reeve.model.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/// Begins or ends the maintenance of an app, or of one service of it.
/// @param service null for the whole app
/// @param message that clients get from now on; null ends it
@Json(naming = Json.Naming.LowerUnderscore)
public record MaintenanceRequest(@Nullable String service, @Nullable String message) {}
