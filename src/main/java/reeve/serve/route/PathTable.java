package reeve.serve.route;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The routes of one host by path prefix. A lookup walks the path once and asks at each end of a segment.
final class PathTable {
    private @Nullable RouteEntry root;
    private @Nullable OctetTable<RouteEntry> prefixes; // none where a host has only `/`, as most have
    private int deepest;

    void put(RouteEntry entry) {
        byte[] prefix = prefix(entry.route().spec().path());
        if (prefix.length == 0) {
            root = entry;
            return;
        }
        OctetTable<RouteEntry> table = prefixes;
        if (table == null) {
            table = new OctetTable<>(false);
            prefixes = table;
        }
        long hash = OctetTable.SEED;
        int depth = 0;
        for (byte b : prefix) {
            hash = OctetTable.hash(hash, b);
            depth += b == '/' ? 1 : 0;
        }
        deepest = Math.max(deepest, depth);
        table.put(prefix, hash, entry);
    }

    /// `/a/` covers what `/a` covers; `/` is the empty prefix.
    static byte[] prefix(String path) {
        String prefix = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return prefix.getBytes(StandardCharsets.US_ASCII);
    }

    /// @return the route with the longest prefix of whole segments; null where there is none
    @Nullable RouteEntry match(byte[] bytes, int from, int to) {
        RouteEntry best = root;
        OctetTable<RouteEntry> table = prefixes;
        if (table == null || from == to) {
            return best;
        }
        long hash = OctetTable.hash(OctetTable.SEED, bytes[from]);
        int left = deepest;
        for (int at = from + 1; left > 0; at++) {
            if (at == to || bytes[at] == '/') {
                RouteEntry found = table.get(bytes, from, at, hash);
                best = found == null ? best : found;
                left--;
            }
            if (at == to) {
                return best;
            }
            hash = OctetTable.hash(hash, bytes[at]);
        }
        return best;
    }
}
