package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A manifest as the caller sends it, for `apply` and `plan`.
/// @param file      absolute path, for relative paths inside and for error messages
/// @param text      the file's content
/// @param variables the values of `.env` and the caller's environment that the text names, and nothing else; may be left out
@Json(naming = Json.Naming.LowerUnderscore)
public record ApplyRequest(String file, String text, Map<String, String> variables) {

    public ApplyRequest {
        Present.field("apply request", "file", file);
        Present.field("apply request", "text", text);
        variables = orEmpty(variables);
    }

    private static Map<String, String> orEmpty(@Nullable Map<String, String> variables) {
        if (variables == null) {
            return Map.of();
        }
        if (variables.values().stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("cannot read apply request: a variable has no value");
        }
        return Map.copyOf(variables);
    }
}
