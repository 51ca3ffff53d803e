package reeve.serve.route;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Routes by host. A lookup walks the host once from its end, asking for a wildcard at each dot and for the exact name last.
final class HostTable {
    private final OctetTable<PathTable> exact = new OctetTable<>(true);
    private final OctetTable<PathTable> suffixes = new OctetTable<>(true);
    private final PathTable all = new PathTable();

    void put(RouteEntry entry) {
        paths(entry.route().spec().host()).put(entry);
    }

    private PathTable paths(String host) {
        if (host.equals("*")) {
            return all;
        }
        boolean wildcard = host.startsWith("*.");
        OctetTable<PathTable> table = wildcard ? suffixes : exact;
        byte[] name = host.substring(wildcard ? 2 : 0).getBytes(StandardCharsets.US_ASCII);
        long hash = OctetTable.SEED;
        for (int i = name.length - 1; i >= 0; i--) {
            hash = OctetTable.hash(hash, name[i]);
        }
        PathTable paths = table.get(name, 0, name.length, hash);
        if (paths == null) {
            paths = new PathTable();
            table.put(name, hash, paths);
        }
        return paths;
    }

    /// The exact host's routes come first, then those of the longest suffix, of shorter ones, and of `*`; where none of a
    /// host's paths matches, the next less specific host is asked.
    /// @param hostTo after the last byte that counts: without port and final dot
    @Nullable RouteEntry match(byte[] bytes, int hostFrom, int hostTo, int pathFrom, int pathTo) {
        RouteEntry best = null;
        long hash = OctetTable.SEED;
        boolean wildcards = !suffixes.isEmpty();
        for (int at = hostTo - 1; at >= hostFrom; at--) {
            byte b = OctetTable.lower(bytes[at]);
            if (b == '.' && wildcards) {
                best = better(suffixes.get(bytes, at + 1, hostTo, hash), best, bytes, pathFrom, pathTo);
            }
            hash = OctetTable.hash(hash, b);
        }
        best = better(exact.get(bytes, hostFrom, hostTo, hash), best, bytes, pathFrom, pathTo);
        return best == null ? all.match(bytes, pathFrom, pathTo) : best;
    }

    private static @Nullable RouteEntry better(@Nullable PathTable paths, @Nullable RouteEntry best, byte[] bytes, int pathFrom,
            int pathTo) {
        RouteEntry found = paths == null ? null : paths.match(bytes, pathFrom, pathTo);
        return found == null ? best : found;
    }
}
