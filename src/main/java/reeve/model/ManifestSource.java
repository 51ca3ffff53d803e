package reeve.model;

import java.nio.file.Path;
import java.util.Map;

/// A manifest as the caller sent it: enough to read it again, on another day, to the same result.
/// @param file      absolute path, for relative paths inside and for error messages
/// @param text      the file's content
/// @param variables the values of `.env` and the caller's environment that the text names; nothing else of the caller's
public record ManifestSource(Path file, String text, Map<String, String> variables) {
    public ManifestSource {
        variables = Map.copyOf(variables);
    }
}
