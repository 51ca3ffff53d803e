package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a webhook is sent: an entry of the node's journal, and what it means.
/// @param event   `failed`, `recovered` or `deployed`
/// @param number  of the entry; the same notice has the same one, however often it is sent
/// @param subject `app`, `app/service/N`, or the node
/// @param what    the state or decision, as in the journal
/// @param why     one line
@Json(naming = Json.Naming.LowerUnderscore)
public record WebhookBody(
        String event, String node, long number, Instant at, String subject, String what, String why, Map<String, String> facts) {

    public WebhookBody {
        Present.all("webhook body", event, node, at, subject, what, why, facts);
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }
}
