package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.util.List;

/// Why an app or a service is in its present state.
/// @param subject   `app` or `app/service`
/// @param because   one sentence per line, the most important first
/// @param heldBy    what holds each instance, or each service without any, where it is
/// @param instances as they are now
/// @param entries   the journal's newest entries about the subject, oldest first
@Json(naming = Json.Naming.LowerUnderscore)
public record ExplainAnswer(
        String subject, List<String> because, List<HeldByRow> heldBy, List<InstanceRow> instances, List<JournalRow> entries) {

    /// @param subject instance, or service
    /// @param guard   a word: `gate`, `dependency`, `user`, `back_off` …; `declaration` where it is as it should be
    /// @param words   one line: what it is, since or until when, what ends it
    @Json(naming = Json.Naming.LowerUnderscore)
    public record HeldByRow(String subject, String guard, String words) {
        public HeldByRow {
            Present.all("what holds it", subject, guard, words);
        }
    }

    public ExplainAnswer {
        Present.all("explanation", subject, because, heldBy, instances, entries);
        heldBy = List.copyOf(heldBy);
        because = List.copyOf(because);
        instances = List.copyOf(instances);
        entries = List.copyOf(entries);
    }
}
