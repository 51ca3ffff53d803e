package reeve.declare.settings;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What the proxy notes of every request.
/// @param requestId     name of the header that carries the request's id; empty: requests have none
/// @param requestIdFrom whose word on it counts
/// @param routes        that have metrics of their own
public record ProxyNotes(Optional<String> requestId, Believed requestIdFrom, int routes, Tracing tracing) {

    /// Whose word counts.
    public enum Believed {
        TRUSTED, ANYBODY, NOBODY;

        static final List<Believed> ALL = List.of(values());

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// @param enabled whether requests belong to traces
    /// @param from    whose traces are gone on with
    /// @param percent of the traces that begin here that are recorded
    /// @param otlp    the collector; empty for none
    public record Tracing(boolean enabled, Believed from, int percent, Optional<URI> otlp) {}
}
