package reeve.model.wire;

import io.avaje.jsonb.Json;

/// How many instances a service of an app shall have.
@Json(naming = Json.Naming.LowerUnderscore)
public record ScaleRequest(String service, int replicas) {

    public ScaleRequest {
        Present.field("scale request", "service", service);
    }
}
