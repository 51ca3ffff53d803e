package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// An app as the store keeps it, under `/reeve/v1/apps/APP/desired`: the manifest as it was sent, and what users said since.
/// @param file      absolute path of the manifest
/// @param text      its content
/// @param variables of the caller, as far as the text names them
/// @param stopped   selectors of what a user stopped
@Json(naming = Json.Naming.LowerUnderscore)
public record DesiredApp(String file, String text, Map<String, String> variables, Instant appliedAt, List<String> stopped) {

    public DesiredApp {
        Present.all("desired app", file, text, variables, appliedAt, stopped);
        variables = Map.copyOf(variables);
        stopped = List.copyOf(stopped);
    }
}
