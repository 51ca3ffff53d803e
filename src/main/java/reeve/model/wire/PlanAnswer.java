package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What applying a manifest would do, or does.
/// @param changes  in the order in which they are carried out; empty when nothing changes
/// @param warnings what was skipped in the manifest on purpose, with its place
@Json(naming = Json.Naming.LowerUnderscore)
public record PlanAnswer(String app, List<ChangeRow> changes, List<String> warnings) {

    public PlanAnswer {
        Present.all("plan", app, changes, warnings);
        changes = List.copyOf(changes);
        warnings = List.copyOf(warnings);
    }

    /// @param subject service or route it is about
    /// @param action  `start`, `restart`, `stop`, `route`, `unroute` or `change`
    /// @param reason  why, naming what differs
    /// @param order   of a restart: `start_first`, without a gap, or `stop_first`; null for all else
    /// @param inFlight requests that the instances that would end are working on now; null where it takes none, and once applied
    @Json(naming = Json.Naming.LowerUnderscore)
    public record ChangeRow(String subject, String action, String reason, @Nullable String order, @Nullable Integer inFlight) {
        public ChangeRow {
            Present.all("planned change", subject, action, reason);
        }
    }
}
