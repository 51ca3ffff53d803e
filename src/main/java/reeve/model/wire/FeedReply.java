package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.util.List;

/// What the node answers a report.
/// @param known    whether it counts this run of the proxy among those it feeds; one that it does not has to begin anew
/// @param current  whether it serves rows that have all holds of now: one whose lease had ended may go on only then
/// @param outcomes of requests that wait; told again until a report no longer names them
@Json(naming = Json.Naming.LowerUnderscore)
public record FeedReply(boolean known, boolean current, List<FeedOutcome> outcomes) {

    public FeedReply {
        Present.all("reply", outcomes);
        outcomes = List.copyOf(outcomes);
    }

    /// @param ask        number of the request among those of its service
    /// @param how        `awake`, `failed`, `timed_out` or `refused`
    /// @param version    for `awake`: the version from which on the rows say so
    /// @param reason     of a failure; else empty
    /// @param millis     how long it waited, or after which time to try again
    @Json(naming = Json.Naming.LowerUnderscore)
    public record FeedOutcome(String service, long ask, String how, long version, String reason, long millis) {
        public FeedOutcome {
            Present.all("outcome", service, how, reason);
        }
    }
}
