package reeve.serve.access;

import java.util.List;
import java.util.Optional;
import reeve.model.Access;

/// Which other sites' pages may use a route, as header lines (Fetch standard §3.2). Immutable.
public final class CorsRules {
    private final Access.Cors cors;
    private final String methods;
    private final String headers;
    private final String exposed;

    CorsRules(Access.Cors cors) {
        this.cors = cors;
        this.methods = String.join(", ", cors.methods());
        this.headers = String.join(", ", cors.headers());
        this.exposed = String.join(", ", cors.exposed());
    }

    /// The lines of the answer to a question that a browser asks before a request.
    /// @param asked `Access-Control-Request-Headers` of the question
    public String preflight(Caller caller, List<String> asked) {
        var lines = new StringBuilder();
        origin(caller).ifPresent(origin -> {
            allow(lines, origin);
            lines.append("Access-Control-Allow-Methods: GET, HEAD, POST").append(methods.isEmpty() ? "" : ", ").append(methods)
                    .append("\r\n");
            String allowed = cors.headers().contains("*") ? String.join(", ", asked) : headers;
            if (!allowed.isEmpty()) {
                lines.append("Access-Control-Allow-Headers: ").append(allowed).append("\r\n");
            }
            lines.append("Access-Control-Max-Age: ").append(cors.maxAge().toSeconds()).append("\r\n");
        });
        return lines.append("Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\n").toString();
    }

    /// The lines that an answer gets.
    public String answer(Caller caller) {
        var lines = new StringBuilder();
        origin(caller).ifPresent(origin -> {
            allow(lines, origin);
            if (!exposed.isEmpty()) {
                lines.append("Access-Control-Expose-Headers: ").append(exposed).append("\r\n");
            }
        });
        return lines.append("Vary: Origin\r\n").toString();
    }

    private void allow(StringBuilder lines, String origin) {
        lines.append("Access-Control-Allow-Origin: ").append(origin).append("\r\n");
        if (cors.credentials()) {
            lines.append("Access-Control-Allow-Credentials: true\r\n");
        }
    }

    /// @return what is said of the caller's origin; empty where it may not
    private Optional<String> origin(Caller caller) {
        List<String> given = caller.header("origin");
        if (given.size() != 1) {
            return Optional.empty();
        }
        if (cors.origins().contains("*")) {
            return Optional.of("*");
        }
        return given.stream().filter(origin -> cors.origins().stream().anyMatch(allowed -> matches(allowed, origin))).findFirst();
    }

    /// `https://*.a.example` is any name under the suffix, of the same scheme and port.
    private static boolean matches(String allowed, String origin) {
        int star = allowed.indexOf("://*.");
        if (star < 0) {
            return allowed.equals(origin);
        }
        String scheme = allowed.substring(0, star + 3);
        String suffix = allowed.substring(star + 4);
        return origin.startsWith(scheme) && origin.endsWith(suffix) && origin.length() > scheme.length() + suffix.length()
                && origin.substring(scheme.length(), origin.length() - suffix.length()).matches("[a-z0-9.-]+");
    }
}
