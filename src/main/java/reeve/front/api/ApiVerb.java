package reeve.front.api;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.base.http.HttpAnswer;

/// One row of the table: what can be asked, by whom, and who answers.
/// @param path   segments such as `/v1/apps/{app}/logs`; `{name}` matches any one segment
/// @param answer may throw [reeve.model.Failure] and [IllegalArgumentException] (not allowed: 400)
public record ApiVerb(String method, String path, Access access, Answer answer) {

    /// Does what the verb says. Called on the connection's thread; may block.
    @FunctionalInterface
    public interface Answer {
        HttpAnswer to(ApiCall call);
    }

    /// Whether it changes anything.
    boolean writes() {
        return !method.equals("GET");
    }

    /// The variables of a path that this verb is for.
    /// @param requested as sent; segments are compared without decoding, so that there is one spelling of each path
    Optional<Map<String, String>> match(String requested) {
        List<String> pattern = List.of(path.split("/", -1));
        List<String> segments = List.of(requested.split("/", -1));
        if (pattern.size() != segments.size()) {
            return Optional.empty();
        }
        var variables = new HashMap<String, String>();
        for (int i = 0; i < pattern.size(); i++) {
            String expected = pattern.get(i);
            if (expected.startsWith("{")) {
                variables.put(expected.substring(1, expected.length() - 1), segments.get(i));
            } else if (!expected.equals(segments.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(variables);
    }
}
