package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A manifest that an app had.
/// @param file    where it was read from
/// @param failed  why it did not come up; absent where it did, or need not
/// @param current whether it is the one declared now
@Json(naming = Json.Naming.LowerUnderscore)
public record RevisionRow(int revision, String file, Instant appliedAt, boolean current, @Nullable String failed) {

    public RevisionRow {
        Present.all("revision", file, appliedAt);
    }
}
