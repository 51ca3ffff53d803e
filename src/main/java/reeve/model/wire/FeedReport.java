package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.util.List;

/// What a proxy tells the node that feeds it. A later one takes the place of an earlier one, however they arrive; counts that did not
/// change since a report that was answered are left out.
/// @param proxy       its name
/// @param incarnation this run of it; its counts begin at 0
/// @param number      grows by one with each report of the run
/// @param feed        what `applied` counts
/// @param applied     the version that it serves; 0 for none yet
/// @param counts      of services that may sleep
/// @param open        instances that work on its requests now; all of them
/// @param asks        requests that wait for a wake now; all of them
/// @param leaves      whether this is its last report: all its connections have ended
@Json(naming = Json.Naming.LowerUnderscore)
public record FeedReport(String proxy, String incarnation, long number, String feed, long applied, List<FeedCount> counts,
        List<FeedOpen> open, List<FeedAsks> asks, boolean leaves) {

    public FeedReport {
        Present.all("report", proxy, incarnation, feed, counts, open, asks);
        counts = List.copyOf(counts);
        open = List.copyOf(open);
        asks = List.copyOf(asks);
    }

    /// @param opened requests, streams and tunnels since the run began
    /// @param closed those of them that have ended
    /// @param held   number of the hold that is in force; 0 for none
    @Json(naming = Json.Naming.LowerUnderscore)
    public record FeedCount(String service, long opened, long closed, long held) {
        public FeedCount {
            Present.all("count", service);
        }
    }

    @Json(naming = Json.Naming.LowerUnderscore)
    public record FeedOpen(String instance, int requests) {
        public FeedOpen {
            Present.all("open requests", instance);
        }
    }

    /// @param from number of the first request that waits; each that comes has the next one
    /// @param to   number of the last
    @Json(naming = Json.Naming.LowerUnderscore)
    public record FeedAsks(String service, long from, long to) {
        public FeedAsks {
            Present.all("asks", service);
        }
    }
}
