package reeve.serve.route;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Routes by host. A lookup walks the host once from its end, asking for a wildcard at each dot and for the exact name last.
/// Never changed: an [Editor] makes the next one, which shares with it the hosts that are not touched.
final class HostTable {
    static final HostTable EMPTY = new HostTable(OctetMap.empty(true), OctetMap.empty(true), PathTable.EMPTY);

    private final OctetMap<PathTable> exact;
    private final OctetMap<PathTable> suffixes;
    private final PathTable all;

    private HostTable(OctetMap<PathTable> exact, OctetMap<PathTable> suffixes, PathTable all) {
        this.exact = exact;
        this.suffixes = suffixes;
        this.all = all;
    }

    /// The exact host's routes come first, then those of the longest suffix, of shorter ones, and of `*`; where none of a
    /// host's paths matches, the next less specific host is asked.
    @Nullable RouteEntry match(RouteRequest request) {
        byte[] bytes = request.bytes();
        int from = request.hostFrom();
        int to = request.hostTo();
        RouteEntry best = null;
        int hash = OctetMap.SEED;
        boolean wildcards = suffixes.size() > 0;
        for (int at = to - 1; at >= from; at--) {
            byte b = OctetTable.lower(bytes[at]);
            if (b == '.' && wildcards) {
                best = better(suffixes.get(bytes, at + 1, to, hash), best, request);
            }
            hash = OctetMap.hash(hash, b);
        }
        best = better(exact.get(bytes, from, to, hash), best, request);
        return best == null ? all.match(request) : best;
    }

    private static @Nullable RouteEntry better(@Nullable PathTable paths, @Nullable RouteEntry best, RouteRequest request) {
        RouteEntry found = paths == null ? null : paths.match(request);
        return found == null ? best : found;
    }

    /// All that cover a request's host and path, whatever their conditions, in the order in which they would take it. For people.
    void covering(RouteRequest request, Consumer<RouteEntry> consumer) {
        int from = request.hostFrom();
        int to = request.hostTo();
        covering(exact, from, request, consumer);
        for (int at = from; at < to; at++) {
            if (request.bytes()[at] == '.') {
                covering(suffixes, at + 1, request, consumer);
            }
        }
        all.covering(request, consumer);
    }

    private static void covering(OctetMap<PathTable> map, int from, RouteRequest request, Consumer<RouteEntry> consumer) {
        int hash = OctetMap.SEED;
        for (int at = request.hostTo() - 1; at >= from; at--) {
            hash = OctetMap.hash(hash, OctetTable.lower(request.bytes()[at]));
        }
        PathTable paths = map.get(request.bytes(), from, request.hostTo(), hash);
        if (paths != null) {
            paths.covering(request, consumer);
        }
    }

    /// Of all the routes that may take requests for a host.
    /// @param host exact, in lower case
    ClientDemands demands(String host) {
        byte[] name = host.getBytes(StandardCharsets.ISO_8859_1);
        ClientDemands demands = null;
        int hash = OctetMap.SEED;
        for (int at = name.length - 1; at >= -1; at--) {
            if (at < 0 || name[at] == '.') {
                PathTable paths = (at < 0 ? exact : suffixes).get(name, at + 1, name.length, hash);
                demands = paths == null ? demands : demands == null ? paths.demands() : demands.and(paths.demands());
            }
            hash = at < 0 ? hash : OctetMap.hash(hash, name[at]);
        }
        ClientDemands rest = all.isEmpty() ? demands : demands == null ? all.demands() : demands.and(all.demands());
        return rest == null ? ClientDemands.NONE : rest;
    }

    boolean isEmpty() {
        return exact.size() == 0 && suffixes.size() == 0 && all.isEmpty();
    }

    /// In no order.
    void forEach(Consumer<RouteEntry> consumer) {
        exact.forEach(paths -> paths.forEach(consumer));
        suffixes.forEach(paths -> paths.forEach(consumer));
        all.forEach(consumer);
    }

    void forEach(String host, Consumer<RouteEntry> consumer) {
        paths(host).forEach(consumer);
    }

    boolean has(String host) {
        return !paths(host).isEmpty();
    }

    private PathTable paths(String host) {
        if (host.equals("*")) {
            return all;
        }
        byte[] name = name(host);
        PathTable paths = (isSuffix(host) ? suffixes : exact).get(name, 0, name.length, hash(name));
        return paths == null ? PathTable.EMPTY : paths;
    }

    private static boolean isSuffix(String host) {
        return host.startsWith("*.");
    }

    private static byte[] name(String host) {
        return host.substring(isSuffix(host) ? 2 : 0).getBytes(StandardCharsets.US_ASCII);
    }

    private static int hash(byte[] name) {
        int hash = OctetMap.SEED;
        for (int i = name.length - 1; i >= 0; i--) {
            hash = OctetMap.hash(hash, name[i]);
        }
        return hash;
    }

    Editor edit() {
        return new Editor(this);
    }

    /// Makes the next table. One thread.
    static final class Editor {
        private final OctetMap.Editor<PathTable> exact;
        private final OctetMap.Editor<PathTable> suffixes;
        private PathTable all;
        private final Map<String, PathTable.Editor> touched = new HashMap<>();

        private Editor(HostTable table) {
            exact = table.exact.edit();
            suffixes = table.suffixes.edit();
            all = table.all;
        }

        @Nullable RouteEntry at(Place place) {
            return paths(place.host()).at(place);
        }

        /// @param entry takes the place of the one that is there; null: there shall be none
        void set(Place place, @Nullable RouteEntry entry) {
            paths(place.host()).set(place, entry);
        }

        private PathTable.Editor paths(String host) {
            return touched.computeIfAbsent(host, _ -> found(host).edit());
        }

        private PathTable found(String host) {
            if (host.equals("*")) {
                return all;
            }
            byte[] name = name(host);
            PathTable found = (isSuffix(host) ? suffixes : exact).get(name, hash(name));
            return found == null ? PathTable.EMPTY : found;
        }

        /// The editor is not used again.
        HostTable done() {
            touched.forEach((host, paths) -> put(host, paths.done()));
            return new HostTable(exact.done(), suffixes.done(), all);
        }

        private void put(String host, PathTable paths) {
            if (host.equals("*")) {
                all = paths;
                return;
            }
            byte[] name = name(host);
            OctetMap.Editor<PathTable> map = isSuffix(host) ? suffixes : exact;
            if (paths.isEmpty()) {
                map.remove(name, hash(name));
            } else {
                map.put(name, hash(name), paths);
            }
        }
    }
}
