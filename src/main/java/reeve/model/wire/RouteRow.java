package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One route as the proxy serves it.
/// @param app     null for an external backend
/// @param service null for an external backend
/// @param source  who declared it: `apps`, `files`, …
/// @param path    with its conditions, after `=` where it is exact and `~` where it is a regular expression
/// @param to      the external backend's address, or `redirect STATUS to URL`; null where it leads to a service
/// @param targets the service's instances that have an address; empty for an external backend
@Json(naming = Json.Naming.LowerUnderscore)
public record RouteRow(
        String host,
        String path,
        @Nullable String app,
        @Nullable String service,
        String source,
        @Nullable String to,
        List<TargetRow> targets) {

    public RouteRow {
        Present.all("route row", host, path, source, targets);
        targets = List.copyOf(targets);
    }

    /// One instance behind a route.
    /// @param inFlight requests, streams and upgraded connections open now
    /// @param weight   share of requests relative to its siblings; 0: none
    /// @param ejected  how much longer it gets none because it failed them; zero where it does
    @Json(naming = Json.Naming.LowerUnderscore)
    public record TargetRow(String address, String instance, String state, int inFlight, int weight, Duration ejected) {
        public TargetRow {
            Present.all("target row", address, instance, state);
        }
    }
}
