package reeve.front.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;
import reeve.base.EnvText;
import reeve.model.Failure;
import reeve.model.ManifestFiles;
import reeve.model.ManifestSource;

/// The manifests that a verb is given, read from the caller's disk; a part of each verb that takes some.
final class Manifests {

    @Option(names = {"-f", "--file"}, paramLabel = "FILE|DIR", description =
            "A manifest, or a folder that holds one. Several are several apps.")
    List<Path> files = List.of();

    @Option(names = "--profile", paramLabel = "NAME", description =
            "Services of this profile take part too; '*' for all. Several are several. Wins over COMPOSE_PROFILES.")
    List<String> profiles = List.of();

    /// @throws Failure where one cannot be read; nothing was sent then
    List<ManifestSource> read(Surroundings around) {
        return files.stream().map(file -> source(around, manifest(around.absolute(file)))).toList();
    }

    /// As [#read], with the usual file of the present folder where none is given.
    List<ManifestSource> readAtLeastOne(Surroundings around) {
        return files.isEmpty() ? List.of(source(around, manifest(around.directory()))) : read(around);
    }

    /// The usual file of the present folder, where none is given: somebody may expect that it counts.
    Optional<Path> overlooked(Surroundings around) {
        return files.isEmpty() ? usual(around.directory()) : Optional.empty();
    }

    private static Optional<Path> usual(Path folder) {
        return ManifestFiles.NAMES.stream().map(folder::resolve).filter(Files::isRegularFile).findFirst();
    }

    private static Path manifest(Path given) {
        return !Files.isDirectory(given) ? given : usual(given).orElseThrow(() -> new Failure(Failure.Kind.INVALID,
                "cannot find a manifest in " + given + ": expected one of " + String.join(", ", ManifestFiles.NAMES)));
    }

    private ManifestSource source(Surroundings around, Path file) {
        String text = text(file).orElseThrow(() -> new Failure(Failure.Kind.INVALID, "cannot read " + file + ": it does not exist"));
        return new ManifestSource(file, text, variables(around, file, text));
    }

    /// The values that the text names: the caller's environment first, then `.env` beside the manifest. Active profiles are one of
    /// them, and those that were given win.
    private Map<String, String> variables(Surroundings around, Path file, String text) {
        var named = around.named().apply(text);
        if (named.isEmpty()) {
            return Map.of();
        }
        Path dotEnv = file.resolveSibling(ManifestFiles.VARIABLES);
        var values = new LinkedHashMap<>(text(dotEnv).map(content -> dotEnv(around, dotEnv, content)).orElse(Map.of()));
        values.putAll(around.environment());
        if (!profiles.isEmpty()) {
            values.put(ManifestFiles.PROFILES, String.join(",", profiles));
        }
        values.keySet().retainAll(named);
        return values;
    }

    private static Map<String, String> dotEnv(Surroundings around, Path file, String content) {
        return switch (EnvText.parse(content, name -> Optional.ofNullable(around.environment().get(name)))) {
            case EnvText.Result.Read(Map<String, String> values) -> values;
            case EnvText.Result.Refused(List<EnvText.Problem> problems) -> throw new Failure(
                    Failure.Kind.INVALID, problems.stream().map(problem -> file + ":" + problem).collect(Collectors.joining("\n")));
        };
    }

    /// @return empty where there is no such file
    private static Optional<String> text(Path file) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new Failure(Failure.Kind.INVALID,
                        "cannot read " + file + ": it is not a file");
            }
            if (Files.size(file) > ManifestFiles.MOST_BYTES) {
                throw new Failure(Failure.Kind.INVALID, "cannot read " + file + ": it is larger than "
                                + ManifestFiles.MOST_BYTES + " bytes");
            }
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file))).toString());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (CharacterCodingException e) {
            throw new Failure(Failure.Kind.INVALID, "cannot read " + file + ": it is not UTF-8 text", e);
        } catch (IOException e) {
            throw new Failure(Failure.Kind.INVALID, "cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
