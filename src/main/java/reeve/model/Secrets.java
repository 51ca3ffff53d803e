package reeve.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What a service must know and nobody else. Read each time an instance starts; a changed one means a restart.
/// @param files       given as files, `$REEVE_SECRETS_DIR/NAME`, in containers `/run/secrets/NAME`
/// @param environment given in the program's environment: variable → secret
public record Secrets(List<File> files, Map<String, Source> environment) {
    public static final Secrets NONE = new Secrets(List.of(), Map.of());

    /// @param name of the file that the program sees
    public record File(String name, Source source) {}

    /// Where a secret comes from.
    public sealed interface Source {
        /// Of this machine, readable by Reeve; one final line feed does not count.
        record OfFile(Path path) implements Source {}

        /// Made at random by Reeve when first needed and kept in its state folder.
        /// @param key what it is kept under
        /// @param bytes of chance in it; it is twice as many hexadecimal digits
        record Generated(String key, int bytes) implements Source {}
    }

    public Secrets {
        files = List.copyOf(files);
        environment = Map.copyOf(environment);
    }
}
