package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The node that answers.
/// @param nodeClass what sort of machine it is; empty where nobody said so
/// @param labels  more facts about it
/// @param startedAt when this Reeve was started
/// @param version of Reeve that runs there
/// @param pid     of Reeve itself
/// @param http    where its proxy listens; null while nothing is routed
/// @param admin   where the status page and the API listen over TCP; null where that is switched off
/// @param ready   whether it has taken over what ran before it started
/// @param notes   what people should know of how it runs, one sentence each, such as that a usual port was taken
@Json(naming = Json.Naming.LowerUnderscore)
public record NodeAnswer(
        String node,
        String nodeClass,
        Map<String, String> labels,
        Instant startedAt,
        String version,
        long pid,
        @Nullable String http,
        @Nullable String admin,
        boolean ready,
        List<String> notes) {

    public NodeAnswer {
        Present.all("node answer", node, nodeClass, labels, startedAt, version, notes);
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        notes = List.copyOf(notes);
    }
}
