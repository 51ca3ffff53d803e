package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A copy of a service to run and to talk to; see [ExecRequest] for what follows.
/// @param command     program and arguments; empty or left out for the service's own
/// @param environment besides what the service has; may be left out
/// @param terminal    which it shall have; null for none
@Json(naming = Json.Naming.LowerUnderscore)
public record RunRequest(
        String service, List<String> command, Map<String, String> environment, ExecRequest.@Nullable TerminalRow terminal) {

    public RunRequest {
        Present.field("run request", "service", service);
        command = orEmpty(command);
        environment = orEmpty(environment);
    }

    private static List<String> orEmpty(@Nullable List<String> command) {
        if (command != null && command.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("cannot read run request: a word of the command is missing");
        }
        return command == null ? List.of() : List.copyOf(command);
    }

    private static Map<String, String> orEmpty(@Nullable Map<String, String> environment) {
        if (environment != null && environment.values().stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("cannot read run request: a variable has no value");
        }
        return environment == null ? Map.of() : Map.copyOf(environment);
    }
}
