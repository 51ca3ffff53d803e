package reeve.model.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A command to talk to. What follows the 101 is frames, see docs/decisions/0064.
/// @param instance    number; null for the first that runs
/// @param command     program and arguments
/// @param environment besides what the service has; may be left out
/// @param terminal    which the command shall have; null for none
@Json(naming = Json.Naming.LowerUnderscore)
public record ExecRequest(
        String service,
        @Nullable Integer instance,
        List<String> command,
        Map<String, String> environment,
        @Nullable TerminalRow terminal) {
    public static final String PROTOCOL = "reeve-session";

    /// Kinds of frames. From the client: input, its end, and `ROWS COLUMNS` of its terminal.
    public static final int INPUT = 0;
    public static final int END_OF_INPUT = 1;
    public static final int RESIZE = 2;
    /// From the node: output, standard error, and at last the exit code in decimal digits.
    public static final int OUTPUT = 10;
    public static final int ERROR = 11;
    public static final int EXIT = 12;

    public ExecRequest {
        Present.field("exec request", "service", service);
        Present.field("exec request", "command", command);
        if (command.isEmpty() || command.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("cannot run a command without its words");
        }
        command = List.copyOf(command);
        environment = orEmpty(environment);
    }

    private static Map<String, String> orEmpty(@Nullable Map<String, String> environment) {
        if (environment == null) {
            return Map.of();
        }
        if (environment.values().stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("cannot read exec request: a variable has no value");
        }
        return Map.copyOf(environment);
    }

    /// How many characters a terminal shows.
    @Json(naming = Json.Naming.LowerUnderscore)
    public record TerminalRow(int rows, int columns) {}
}
