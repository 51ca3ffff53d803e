package reeve.front.api;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import reeve.model.Failure;

/// The query of a request, `a=b&c=d`. Pure.
final class Query {
    private static final int MOST_PARAMETERS = 32;

    private Query() {}

    /// @throws Failure where a name stands twice (two readers could take different ones) or the encoding is broken
    static Map<String, String> parse(String query) {
        var parameters = new LinkedHashMap<String, String>();
        if (query.isEmpty()) {
            return parameters;
        }
        for (String pair : query.split("&", MOST_PARAMETERS + 1)) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
            if (parameters.put(name, value) != null || parameters.size() > MOST_PARAMETERS) {
                throw new Failure(Failure.Kind.INVALID, "cannot read the query: a parameter stands twice, or there are too many");
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.Kind.INVALID, "cannot read the query: its percent-encoding is broken", e);
        }
    }
}
