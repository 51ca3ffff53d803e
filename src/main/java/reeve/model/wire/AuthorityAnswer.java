package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;

/// The authority by which a node signs certificates itself.
/// @param certificate its own certificate, as PEM: what clients have to trust
/// @param names       it signs for these, and for everything below them
@Json(naming = Json.Naming.LowerUnderscore)
public record AuthorityAnswer(String certificate, List<String> names, Instant ends) {
    public AuthorityAnswer {
        Present.all("authority answer", certificate, names, ends);
        names = List.copyOf(names);
    }
}
