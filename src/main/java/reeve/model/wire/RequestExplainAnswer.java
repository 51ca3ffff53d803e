package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which way a request for a URL would go now, and why.
/// @param outcome `forwarded`, `held` until its service is awake, `redirected`, or `refused`
/// @param status  what the proxy itself answers where it refuses; null where it does not
/// @param because one sentence per line, the most important first
/// @param route   that takes it; null where none does
/// @param others  that cover it too, in the order in which they would take it
@Json(naming = Json.Naming.LowerUnderscore)
public record RequestExplainAnswer(
        String url, String outcome, @Nullable Integer status, List<String> because, @Nullable RouteRow route, List<RouteRow> others) {

    public RequestExplainAnswer {
        Present.all("explanation", url, outcome, because, others);
        because = List.copyOf(because);
        others = List.copyOf(others);
    }
}
