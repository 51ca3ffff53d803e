package reeve.declare.settings;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What the proxy notes of every request.
/// @param requestId     name of the header that carries the request's id; empty: requests have none
/// @param requestIdFrom whose word on it counts
public record ProxyNotes(Optional<String> requestId, Believed requestIdFrom) {

    /// Whose word counts.
    public enum Believed {
        TRUSTED, ANYBODY, NOBODY;

        static final List<Believed> ALL = List.of(values());

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
