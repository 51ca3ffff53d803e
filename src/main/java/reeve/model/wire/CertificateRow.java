package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One certificate of a node, in use or not.
/// @param source where it is from: a file, or who signed it
/// @param names  that it is for; empty where nothing is known of it
/// @param issuer who signed it; empty where nothing is known of it
/// @param ends   null where nothing is known of it
/// @param state  `used`, `ends_soon`, `ended`, `stale`, `refused`, `ordered`
/// @param note   what to know besides; may be empty
@Json(naming = Json.Naming.LowerUnderscore)
public record CertificateRow(String source, List<String> names, String issuer, @Nullable Instant ends, String state, String note) {
    public CertificateRow {
        Present.all("certificate row", source, names, issuer, state, note);
        names = List.copyOf(names);
    }
}
