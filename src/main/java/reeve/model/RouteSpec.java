package reeve.model;

/// A host and path under which something is served.
/// @param host exact name in lower case, `*.suffix` for any name under a suffix, or `*` for every host
/// @param path prefix that starts with `/`; matches whole segments, `/a` covers `/a` and `/a/b`, not `/ab`
public record RouteSpec(String host, String path) {

    public RouteSpec {
        if (!allowsHost(host)) {
            throw new IllegalArgumentException("cannot route host '" + host + "': allowed are a name in lower case, '*.suffix' or '*'");
        }
        if (!allowsPath(path)) {
            throw new IllegalArgumentException(
                    "cannot route path '" + path + "': it must start with '/' and hold no '?', '#', '//', '.' or '..' segment or space");
        }
    }

    public static boolean allowsHost(String host) {
        String name = host.startsWith("*.") ? host.substring(2) : host;
        return host.equals("*") || name.length() <= 253 && name.matches("[a-z0-9_]([a-z0-9_-]{0,62})(\\.[a-z0-9_][a-z0-9_-]{0,62})*");
    }

    public static boolean allowsPath(String path) {
        return path.matches("/[!$-.0-;=@-Z_a-z~/%&'()*+,]*") && !path.contains("//")
                && !(path + "/").contains("/./") && !(path + "/").contains("/../");
    }

    @Override
    public String toString() {
        return host + path;
    }
}
