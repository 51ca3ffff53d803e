package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A manifest to deploy.
/// @param timeout how long it may take to come up before the revision before comes back, ISO 8601; two minutes where it is left out
@Json(naming = Json.Naming.LowerUnderscore)
public record DeployRequest(ApplyRequest manifest, @Nullable Duration timeout) {

    public DeployRequest {
        Present.field("deploy request", "manifest", manifest);
    }
}
