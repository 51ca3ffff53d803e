package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.util.List;

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
    @Json(naming = Json.Naming.LowerUnderscore)
    public record ChangeRow(String subject, String action, String reason) {
        public ChangeRow {
            Present.all("planned change", subject, action, reason);
        }
    }
}
