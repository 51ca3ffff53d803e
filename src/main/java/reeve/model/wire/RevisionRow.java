package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.time.Instant;

/// A manifest that an app had.
/// @param file    where it was read from
/// @param current whether it is the one declared now
@Json(naming = Json.Naming.LowerUnderscore)
public record RevisionRow(int revision, String file, Instant appliedAt, boolean current) {

    public RevisionRow {
        Present.all("revision", file, appliedAt);
    }
}
