package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Which revision of an app to deploy again.
/// @param revision the one before where it is left out
/// @param timeout  as in [DeployRequest]
@Json(naming = Json.Naming.LowerUnderscore)
public record RollbackRequest(@Nullable Integer revision, @Nullable Duration timeout) {}
