package reeve.model.wire;

import io.avaje.jsonb.Json;

/// That new requests of a service are to be held.
/// @param number of this hold; a later one of the same service has another
/// @param always whatever is open; otherwise only where nothing is
@Json(naming = Json.Naming.LowerUnderscore)
public record FeedHold(long number, boolean always) {}
