package reeve.model.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/// @param catalog absolute folder that the app is installed from; null for the node's own
@Json(naming = Json.Naming.LowerUnderscore)
public record InstallRequest(@Nullable String catalog) {}
