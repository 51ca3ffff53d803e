package reeve.declare.settings;

import java.nio.file.Path;
import java.util.List;

/// Where one of the node's `values` comes from.
public sealed interface ValueSource {
    record Text(String text) implements ValueSource {}

    /// The file's content without the white space at its end.
    /// @param path absolute
    record FromFile(Path path) implements ValueSource {}

    /// What a program writes to its standard output, without the white space at its end.
    /// @param command program and arguments, never through a shell
    record FromCommand(List<String> command) implements ValueSource {
        public FromCommand {
            command = List.copyOf(command);
        }
    }
}
