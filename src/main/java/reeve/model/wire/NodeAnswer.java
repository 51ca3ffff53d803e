package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The node that answers.
/// @param version of Reeve that runs there
/// @param pid     of Reeve itself
/// @param http    where its proxy listens; null while nothing is routed
/// @param admin   where the status page and the API listen over TCP; null where that is switched off
/// @param ready   whether it has taken over what ran before it started
/// @param notes   what people should know of how it runs, one sentence each, such as that a usual port was taken
@Json(naming = Json.Naming.LowerUnderscore)
public record NodeAnswer(String node, String version, long pid, @Nullable String http, @Nullable String admin, boolean ready,
        List<String> notes) {

    public NodeAnswer {
        Present.all("node answer", node, version, notes);
        notes = List.copyOf(notes);
    }
}
