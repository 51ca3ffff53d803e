package reeve.model.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/// What one running instance uses; a row of `stats`.
/// @param cpuPercent  of one processor, in the second before; null where nothing can tell
/// @param memoryBytes null where nothing can tell
/// @param memoryLimit in bytes; null for none
/// @param processes   of it; null where nothing can tell
@Json(naming = Json.Naming.LowerUnderscore)
public record UsageRow(
        String app,
        String service,
        String instance,
        String state,
        @Nullable Double cpuPercent,
        @Nullable Long memoryBytes,
        @Nullable Long memoryLimit,
        @Nullable Integer processes) {

    public UsageRow {
        Present.all("usage row", app, service, instance, state);
    }
}
