package reeve.serve.route;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reeve.base.regex.LinearPattern;
import reeve.model.RouteHandling.AmbiguousPaths;
import reeve.model.RouteHandling.PathChange;
import reeve.model.RouteSpec;

/// What routes are asked about: a request's method, host and path where they lie in the caller's array, and its header fields.
/// One for each event loop, set anew for each request, so that a lookup creates nothing.
public final class RouteRequest {
    private final Fields fields;
    private final NormalPath normal = new NormalPath();
    private byte[] bytes = new byte[0];
    private int methodFrom;
    private int methodTo;
    private int hostFrom;
    private int hostTo;
    private int rawFrom;
    private int rawTo;
    private byte[] path = bytes;
    private int pathFrom;
    private int pathTo;
    private boolean read;
    private boolean changed;

    /// The header fields of the request that is asked about. Looked at only for routes that have such a condition.
    public interface Fields {
        /// @param name  in lower case
        /// @param value that one of its lines has; null: any
        boolean have(byte[] name, byte @Nullable [] value);
    }

    public RouteRequest(Fields fields) {
        this.fields = fields;
    }

    /// A question of people, who name no header fields but these.
    /// @param host without port
    /// @param path without query
    static RouteRequest of(String method, String host, String path, Map<String, String> fields) {
        var request = new RouteRequest((name, value) -> {
            String given = fields.get(new String(name, StandardCharsets.US_ASCII));
            return given != null && (value == null || given.equals(new String(value, StandardCharsets.ISO_8859_1)));
        });
        byte[] bytes = (method + host + path).getBytes(StandardCharsets.ISO_8859_1);
        int hostTo = method.length() + host.length();
        return request.method(0, method.length()).at(bytes, method.length(), hostTo, hostTo, bytes.length);
    }

    /// @return this
    public RouteRequest method(int from, int to) {
        methodFrom = from;
        methodTo = to;
        return this;
    }

    /// @param hostFrom start of the host, in any case
    /// @param hostTo   its end, before the port; equal to `hostFrom` where a request has no host
    /// @param pathTo   end of the path, before the `?`
    /// @return this
    public RouteRequest at(byte[] bytes, int hostFrom, int hostTo, int pathFrom, int pathTo) {
        this.bytes = bytes;
        this.hostFrom = hostFrom;
        this.hostTo = hostTo > hostFrom && bytes[hostTo - 1] == '.' ? hostTo - 1 : hostTo;
        this.rawFrom = pathFrom;
        this.rawTo = pathTo;
        this.read = false;
        this.changed = false;
        return this;
    }

    /// The same question, as if it had not been asked yet.
    RouteRequest again() {
        read = false;
        changed = false;
        return this;
    }

    /// Reads the path, once, for hosts on which it decides.
    void readPath() {
        if (read) {
            return;
        }
        read = true;
        changed = !NormalPath.isPlain(bytes, rawFrom, rawTo);
        if (changed) {
            normal.read(bytes, rawFrom, rawTo);
            path = normal.bytes();
            pathFrom = 0;
            pathTo = normal.length();
        } else {
            path = bytes;
            pathFrom = rawFrom;
            pathTo = rawTo;
        }
    }

    byte[] bytes() {
        return bytes;
    }

    int hostFrom() {
        return hostFrom;
    }

    /// Without port and final dot.
    int hostTo() {
        return hostTo;
    }

    /// What [#pathFrom] and [#pathTo] are places in: the path in its normal form.
    byte[] path() {
        return path;
    }

    int pathFrom() {
        return pathFrom;
    }

    int pathTo() {
        return pathTo;
    }

    String pathText() {
        return new String(path, pathFrom, pathTo - pathFrom, StandardCharsets.ISO_8859_1);
    }

    boolean hasMethod(byte[] method) {
        if (method.length != methodTo - methodFrom) {
            return false;
        }
        for (int i = 0; i < method.length; i++) {
            if (bytes[methodFrom + i] != method[i]) {
                return false;
            }
        }
        return true;
    }

    boolean hasField(byte[] name, byte @Nullable [] value) {
        return fields.have(name, value);
    }

    /// Whether a route that was found refuses this request, because two programs may read its path differently.
    public boolean isTooAmbiguousFor(RouteEntry entry) {
        return read && changed && normal.ambiguous() && entry.route().spec().handling().ambiguous() != AmbiguousPaths.PASS;
    }

    /// The path as it is forwarded, where a route changes it. To be asked while the request lies where it lay when it was matched.
    /// @return null where it is forwarded as it came
    public byte @Nullable [] forwardedPath(RouteEntry entry) {
        RouteSpec spec = entry.route().spec();
        return switch (spec.handling().change()) {
            case PathChange.None _ -> null;
            case PathChange.StripPrefix _ -> rest("", spec);
            case PathChange.Rewrite(String to) -> switch (spec.kind()) {
                case PREFIX -> rest(to.endsWith("/") ? to.substring(0, to.length() - 1) : to, spec);
                case EXACT -> to.getBytes(StandardCharsets.ISO_8859_1);
                case REGEX -> {
                    readPath();
                    Optional<String> made = entry.pattern().flatMap(pattern -> rewritten(pattern, to));
                    yield made.orElse(to).getBytes(StandardCharsets.ISO_8859_1);
                }
            };
        };
    }

    private Optional<String> rewritten(LinearPattern pattern, String to) {
        return pattern.rewrite(pathText(), to).map(made -> made.replaceFirst("^/+", "/"));
    }

    /// What follows a route's prefix: as it was sent, or, where that holds dot segments, in its normal form, since they could lead
    /// back out of it.
    private byte[] rest(String before, RouteSpec spec) {
        readPath();
        int prefix = PathTable.prefix(spec.path()).length;
        byte[] from = bytes;
        int start = rawFrom + prefix;
        int end = rawTo;
        if (changed && normal.dots()) {
            from = path;
            start = prefix;
            end = pathTo;
        } else if (changed) {
            start = prefix < pathTo ? normal.origin(prefix) : rawTo;
        }
        while (start + 1 < end && before.isEmpty() && from[start] == '/' && from[start + 1] == '/') {
            start++; // no backend shall read its beginning as a host
        }
        String rest = start < end ? new String(from, start, end - start, StandardCharsets.ISO_8859_1) : "";
        String whole = before + rest;
        return (whole.startsWith("/") ? whole : "/" + whole).getBytes(StandardCharsets.ISO_8859_1);
    }
}
