package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.util.List;

/// What can be installed.
/// @param folders that were looked in, the one that wins first
/// @param apps    by name
@Json(naming = Json.Naming.LowerUnderscore)
public record CatalogueAnswer(List<String> folders, List<CatalogueRow> apps) {
    public CatalogueAnswer {
        Present.all("catalogue", folders, apps);
        folders = List.copyOf(folders);
        apps = List.copyOf(apps);
    }
}
