package reeve.model.wire;

import io.avaje.jsonb.Json;

/// One app that a catalogue has.
/// @param file its manifest
@Json(naming = Json.Naming.LowerUnderscore)
public record CatalogueRow(String app, String file, boolean installed) {

    public CatalogueRow {
        Present.all("catalogue row", app, file);
    }
}
