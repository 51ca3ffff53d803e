package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One change of an instance's state.
/// @param number of its entry in the journal; it grows, with gaps
/// @param before the state it left
/// @param state  the state it came into
/// @param pid    of the program, the one that ended where one did; null for none
@Json(naming = Json.Naming.LowerUnderscore)
public record EventRow(
        long number,
        Instant at,
        String app,
        String service,
        String instance,
        String before,
        String state,
        String reason,
        @Nullable Long pid) {

    public EventRow {
        Present.all("event", at, app, service, instance, before, state, reason);
    }
}
