package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.util.List;

/// Whether numbers keep to their limits.
/// @param ok whether all do
@Json(naming = Json.Naming.LowerUnderscore)
public record MetricsAnswer(boolean ok, List<LimitRow> limits) {

    public MetricsAnswer {
        Present.all("metrics answer", limits);
        limits = List.copyOf(limits);
    }

    /// One limit and the numbers that break it.
    /// @param metric   the one that was meant
    /// @param exceeded empty where none does
    @Json(naming = Json.Naming.LowerUnderscore)
    public record LimitRow(String metric, double max, List<NumberRow> exceeded) {
        public LimitRow {
            Present.all("limit", metric, exceeded);
            exceeded = List.copyOf(exceeded);
        }
    }

    /// @param series the metric with its labels, as Prometheus writes it
    @Json(naming = Json.Naming.LowerUnderscore)
    public record NumberRow(String series, double value) {
        public NumberRow {
            Present.all("number", series);
        }
    }
}
