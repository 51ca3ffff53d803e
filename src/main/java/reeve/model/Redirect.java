package reeve.model;

import java.util.Set;
import java.util.regex.Pattern;

/// Where the proxy sends clients of a route that has nothing behind it.
/// @param to     a URL, or a path of the same host; `{host}` and `{path}` stand for the request's, `{rest}` for what follows the
///               route's prefix, `{query}` for its query with the `?`
/// @param status 301, 302, 303, 307 or 308
public record Redirect(String to, int status) {
    public static final int DEFAULT_STATUS = 302;
    private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);
    private static final String TEXT = "(?:[A-Za-z0-9._~!$&'()*+,;=:@/?#%\\[\\]-]|\\{(?:host|path|rest|query)})*";
    /// The host is written down or the request's own, so that no path can become one.
    private static final Pattern URL = Pattern.compile("https?://(?:[A-Za-z0-9][A-Za-z0-9._-]*|\\{host})(?::[0-9]{1,5})?"
            + "(?:(?:[/?#]|\\{path}|\\{rest}|\\{query})" + TEXT + ")?");
    private static final Pattern PATH = Pattern.compile("(?:/(?![/{])|\\{path})" + TEXT);

    public Redirect {
        if (!allowsTarget(to)) {
            throw new IllegalArgumentException("cannot redirect to '" + to + "'");
        }
        if (!allowsStatus(status)) {
            throw new IllegalArgumentException("cannot redirect with " + status);
        }
    }

    public static boolean allowsTarget(String to) {
        return to.length() <= 2000 && (URL.matcher(to).matches() || PATH.matcher(to).matches());
    }

    public static boolean allowsStatus(int status) {
        return STATUSES.contains(status);
    }

    @Override
    public String toString() {
        return status + " to " + to;
    }
}
