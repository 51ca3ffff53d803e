package reeve.bench;

import java.util.List;
import java.util.function.Supplier;

/// A proxy that is measured.
/// @param plain     port of HTTP
/// @param encrypted port of HTTPS; 0 for none
/// @param pids      all of its processes, also those that do half of its work
record Peer(String name, int plain, int encrypted, Supplier<List<Long>> pids) {}
