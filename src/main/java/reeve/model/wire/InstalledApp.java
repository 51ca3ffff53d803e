package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.util.List;

/// An app that was installed from a catalogue, as the store keeps it, under `/reeve/v1/installed/APP`.
/// @param folders of the catalogue it comes from; empty for the node's own
/// @param applied digest of the entry that was applied last; empty while none was
@Json(naming = Json.Naming.LowerUnderscore)
public record InstalledApp(List<String> folders, String applied) {

    public InstalledApp {
        Present.all("installed app", folders, applied);
        folders = List.copyOf(folders);
    }
}
