package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.time.Instant;

/// How a deploy stands.
/// @param previous revision that it takes the place of; 0 for none
/// @param state    `rolling deployed rolled_back failed superseded`
/// @param reason   one line
@Json(naming = Json.Naming.LowerUnderscore)
public record DeployAnswer(String app, int revision, int previous, String state, String reason, Instant since) {

    public DeployAnswer {
        Present.all("deploy", app, state, reason, since);
    }

    public boolean rolling() {
        return state.equals("rolling");
    }

    public boolean deployed() {
        return state.equals("deployed");
    }
}
