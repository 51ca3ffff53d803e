package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.util.Map;

/// What an app declares, as it was declared: a proxy reads its routes from it as the node does.
/// @param file      absolute path of the manifest
/// @param text      its content
/// @param variables of who applied it, as far as the text names them
@Json(naming = Json.Naming.LowerUnderscore)
public record FeedApp(String file, String text, Map<String, String> variables) {

    public FeedApp {
        Present.all("app", file, text, variables);
        variables = Map.copyOf(variables);
    }
}
