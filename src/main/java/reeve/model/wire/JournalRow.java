package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// One entry of the node's journal.
/// @param number counts up by one; a gap means that entries were missed
/// @param facts  what the decision was based on, in order
@Json(naming = Json.Naming.LowerUnderscore)
public record JournalRow(long number, Instant at, String subject, String what, String why, Map<String, String> facts) {

    public JournalRow {
        Present.all("journal entry", at, subject, what, why, facts);
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }
}
