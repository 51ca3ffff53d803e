package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One instance as people see it; a row of `ps`.
/// @param instance its id, `app/service/N`
/// @param version  that its app declares, else its image; null where nothing of the sort is declared
/// @param pid      of the program itself; null where none runs
/// @param address  where it listens; null where it has no port
/// @param restarts times it was started again since it was declared or a user started it
/// @param since    when it came into this state
@Json(naming = Json.Naming.LowerUnderscore)
public record InstanceRow(
        String app,
        String service,
        String instance,
        String node,
        String state,
        @Nullable String version,
        @Nullable Long pid,
        @Nullable String address,
        int restarts,
        Instant since,
        String reason) {

    public InstanceRow {
        Present.all("instance row", app, service, instance, node, state, since, reason);
    }
}
