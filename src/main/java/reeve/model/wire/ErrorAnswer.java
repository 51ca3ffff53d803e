package reeve.model.wire;

import io.avaje.jsonb.Json;

/// What the API answers when it cannot do what was asked.
/// @param kind  stable string, see `reeve.model.Failure.Kind`
/// @param value "cannot X: reason", fit for a user's eyes; may have several lines
@Json(naming = Json.Naming.LowerUnderscore)
public record ErrorAnswer(String kind, String value) {

    public ErrorAnswer {
        Present.all("error", kind, value);
    }
}
