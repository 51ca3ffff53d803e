package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.util.List;

/// Why an app or a service is in its present state.
/// @param subject   `app` or `app/service`
/// @param because   one sentence per line, the most important first
/// @param instances as they are now
/// @param entries   the journal's newest entries about the subject, oldest first
@Json(naming = Json.Naming.LowerUnderscore)
public record ExplainAnswer(String subject, List<String> because, List<InstanceRow> instances, List<JournalRow> entries) {

    public ExplainAnswer {
        Present.all("explanation", subject, because, instances, entries);
        because = List.copyOf(because);
        instances = List.copyOf(instances);
        entries = List.copyOf(entries);
    }
}
