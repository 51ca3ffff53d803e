package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;

/// One app that is declared on the node.
/// @param file      the manifest it was declared from
/// @param appliedAt when it was last applied
/// @param services  names in dependency order
@Json(naming = Json.Naming.LowerUnderscore)
public record AppRow(String app, String file, Instant appliedAt, List<String> services) {

    public AppRow {
        Present.all("app row", app, file, appliedAt, services);
        services = List.copyOf(services);
    }
}
