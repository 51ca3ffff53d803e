package reeve.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A command that somebody wants to talk to.
/// @param command     program and arguments, never through a shell; empty only for a copy of a container's service that says none
///                    itself: then the image's
/// @param environment besides what the instance has; wins over it
/// @param terminal    which the command shall have; empty for none
public record Interaction(List<String> command, Map<String, String> environment, Optional<Terminal> terminal) {

    public Interaction {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /// How many characters it shows.
    public record Terminal(int rows, int columns) {
        private static final int MOST = 10_000;

        public Terminal {
            if (rows < 1 || rows > MOST || columns < 1 || columns > MOST) {
                throw new IllegalArgumentException("cannot make a terminal of " + rows + " rows and " + columns + " columns");
            }
        }
    }
}
