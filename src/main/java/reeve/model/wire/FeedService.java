package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.util.List;

/// How a service stands, for proxies.
/// @param sleeps  whether its requests are counted and may be held
/// @param stands  `serving`, `asleep`, `maintenance` or `down`
/// @param state   of its first instance, where it is down
/// @param text    the message of a maintenance, or why it is down
/// @param targets its instances that have an address
@Json(naming = Json.Naming.LowerUnderscore)
public record FeedService(boolean sleeps, String stands, String state, String text, List<Target> targets) {

    public FeedService {
        Present.all("service", stands, state, text, targets);
        targets = List.copyOf(targets);
    }

    /// @param number of the instance
    /// @param weight share of requests relative to its siblings; 0: none
    @Json(naming = Json.Naming.LowerUnderscore)
    public record Target(int number, String address, String state, int weight) {
        public Target {
            Present.all("target", address, state);
        }
    }
}
