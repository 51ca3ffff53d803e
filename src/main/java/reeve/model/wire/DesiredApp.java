package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An app as the store keeps it, under `/reeve/v1/apps/APP/desired`: the manifest as it was sent, and what users said since.
/// Under `/reeve/v1/apps/APP/revisions/N` stand the last ten manifests in the same form, without what users said.
/// @param file      absolute path of the manifest
/// @param text      its content
/// @param variables of the caller, as far as the text names them
/// @param stopped   selectors of what a user stopped
/// @param revision  grows by one with each manifest that differs from the last
/// @param previous  revision to go back to should this one not come up; 0 for none
/// @param deployTimeout how long it may take to come up; absent where it need not prove itself
/// @param failed    why this revision did not come up; absent for the others
/// @param scaled    services of which a user wants another number of instances; left out by 0.1
/// @param drained   instances that a user wants to get no new requests; left out by 0.1
/// @param maintenance the app or its services whose requests are answered with a message; left out by 0.1
@Json(naming = Json.Naming.LowerUnderscore)
public record DesiredApp(
        String file,
        String text,
        Map<String, String> variables,
        Instant appliedAt,
        List<String> stopped,
        int revision,
        int previous,
        @Nullable Duration deployTimeout,
        List<Scaled> scaled,
        @Nullable String failed,
        List<String> drained,
        List<Maintenance> maintenance) {

    public DesiredApp {
        Present.all("desired app", file, text, variables, appliedAt, stopped);
        variables = Map.copyOf(variables);
        stopped = List.copyOf(stopped);
        scaled = orEmpty(scaled);
        drained = orEmpty(drained);
        maintenance = orEmpty(maintenance);
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    /// @param what    `APP` or `APP/SERVICE`
    /// @param message that clients get
    @Json(naming = Json.Naming.LowerUnderscore)
    public record Maintenance(String what, String message) {
        public Maintenance {
            Present.all("maintenance", what, message);
        }
    }

    /// @param replicas what the user wants
    /// @param declared what the manifest said then
    @Json(naming = Json.Naming.LowerUnderscore)
    public record Scaled(String service, int replicas, int declared) {
        public Scaled {
            Present.all("scaled service", service);
        }
    }
}
