package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.util.List;

/// A part of what a proxy is fed: the step from one version of the rows to another, in as many lines as it needs.
/// @param feed    which run of the node counts these versions
/// @param from    the version that the step begins at; 0 for one that holds all rows
/// @param version that is reached with the step's last line
/// @param last    whether this is its last line
/// @param put     rows that are new or have changed
/// @param gone    keys of rows that are there no more
@Json(naming = Json.Naming.LowerUnderscore)
public record FeedLine(String feed, long from, long version, boolean last, List<FeedRow> put, List<String> gone) {

    public FeedLine {
        Present.all("feed line", feed, put, gone);
        put = List.copyOf(put);
        gone = List.copyOf(gone);
    }

    /// @param key   `app/APP`, `service/APP/SERVICE` or `hold/APP/SERVICE`
    /// @param value JSON of a [FeedApp], a [FeedService] or a [FeedHold]
    @Json(naming = Json.Naming.LowerUnderscore)
    public record FeedRow(String key, String value) {
        public FeedRow {
            Present.all("feed row", key, value);
        }
    }
}
