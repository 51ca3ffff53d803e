package reeve.run.reconcile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Optional;
import reeve.base.EnvText;
import reeve.base.IcEnvText;
import reeve.model.EnvFile;
import reeve.model.Failure;

/// Reads the `env_file`s of a service when an instance is about to start.
final class EnvFiles {
    private static final int MOST_BYTES = 1024 * 1024;

    private EnvFiles() {}

    /// The file's variables; none where it is missing and not required. Blocks for IO.
    /// @throws Failure `INVALID` when it cannot be read or understood
    static Map<String, String> read(EnvFile file) {
        try (InputStream in = Files.newInputStream(file.path())) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw cannot(file, "it is larger than 1 MiB");
            }
            return switch (parse(new String(bytes, StandardCharsets.UTF_8), file.format())) {
                case EnvText.Result.Read(Map<String, String> values) -> values;
                case EnvText.Result.Refused(var problems) ->
                        throw new Failure(Failure.Kind.INVALID, file.path() + ":" + problems.getFirst());
            };
        } catch (NoSuchFileException e) {
            if (file.required()) {
                throw cannot(file, "there is no such file");
            }
            return Map.of();
        } catch (IOException e) {
            throw cannot(file, String.valueOf(e.getMessage()));
        }
    }

    private static EnvText.Result parse(String text, EnvFile.Format format) {
        return switch (format) {
            case COMPOSE -> EnvText.parse(text, _ -> Optional.empty());
            case IC -> IcEnvText.parse(text);
        };
    }

    private static Failure cannot(EnvFile file, String why) {
        return new Failure(Failure.Kind.INVALID, "cannot read env_file " + file.path() + ": " + why);
    }
}
