package reeve.model.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/// Which part of an app a verb is about.
/// @param service  null for the whole app
/// @param instance number of one instance of the service; null for all
@Json(naming = Json.Naming.LowerUnderscore)
public record ActRequest(@Nullable String service, @Nullable Integer instance) {}
