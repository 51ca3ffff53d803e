package reeve.model;

/// Which requests go one way: those for a host and path under which something is served, perhaps only some of them.
/// @param host exact name in lower case, `*.suffix` for any name under a suffix however deep, or `*` for every host
/// @param path starts with `/`; what it covers is said by `kind`
public record RouteSpec(String host, String path, PathKind kind, RouteConditions when, RouteHandling handling) {
    private static final int LONGEST_REGEX = 1000;

    public RouteSpec {
        if (!allowsHost(host)) {
            throw new IllegalArgumentException("cannot route host '" + host + "': allowed are a name in lower case, '*.suffix' or '*'");
        }
        if (kind == PathKind.REGEX ? !allowsRegex(path) : !allowsPath(path)) {
            throw new IllegalArgumentException(kind == PathKind.REGEX
                    ? "cannot route path '" + path + "': it must start with '/' and have at most "
                            + LONGEST_REGEX + " visible ASCII characters"
                    : "cannot route path '" + path + "': it must start with '/' and hold no '?', '#', '//', '.' or '..' segment or space");
        }
        if (handling.change() instanceof RouteHandling.PathChange.StripPrefix && kind != PathKind.PREFIX) {
            throw new IllegalArgumentException("cannot strip a prefix from '" + path + "': it is none");
        }
    }

    /// All requests for a host whose path starts with a prefix, as they are.
    public RouteSpec(String host, String path) {
        this(host, path, PathKind.PREFIX, RouteConditions.NONE, RouteHandling.PLAIN);
    }

    public RouteSpec with(RouteHandling next) {
        return new RouteSpec(host, path, kind, when, next);
    }

    public static boolean allowsHost(String host) {
        String name = host.startsWith("*.") ? host.substring(2) : host;
        return host.equals("*") || name.length() <= 253 && name.matches("[a-z0-9_]([a-z0-9_-]{0,62})(\\.[a-z0-9_][a-z0-9_-]{0,62})*");
    }

    public static boolean allowsPath(String path) {
        return path.matches("/[!$-.0-;=@-Z_a-z~/%&'()*+,]*") && !path.contains("//")
                && !(path + "/").contains("/./") && !(path + "/").contains("/../");
    }

    /// Whether it looks like one; whether it is one shows when it is compiled.
    public static boolean allowsRegex(String regex) {
        return regex.length() <= LONGEST_REGEX && regex.matches("/[!-~]*");
    }

    /// Path and conditions, as people see them.
    public String what() {
        String conditions = when.toString();
        return kind.mark() + path + (conditions.isEmpty() ? "" : " " + conditions);
    }

    @Override
    public String toString() {
        return host + what();
    }
}
