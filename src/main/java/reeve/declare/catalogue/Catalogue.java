package reeve.declare.catalogue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reeve.base.EnvText;
import reeve.declare.manifest.ManifestVariables;
import reeve.model.AppName;
import reeve.model.Failure;
import reeve.model.ManifestFiles;
import reeve.model.ManifestSource;

/// The apps of some folders, as if they were one: an app that stands in several is taken from the first. So what an operator
/// adds lies in a folder of its own, wins over what was shipped, and survives its replacement.
///
/// An app is a file `NAME.yaml` or `NAME.yml`, or a folder `NAME` with a manifest in it.
/// @param folders absolute, the one that wins first; one that is not there holds nothing
public record Catalogue(List<Path> folders) {
    private static final List<String> SINGLE = List.of(".yaml", ".yml");
    private static final List<String> INSIDE =
            Stream.concat(ManifestFiles.NAMES.stream(), Stream.of("manifest.yml", "manifest.yaml")).distinct().toList();

    public Catalogue {
        folders = List.copyOf(folders);
    }

    /// @param file the manifest, absolute
    public record Entry(AppName app, Path file) {}

    /// All entries by name; none is opened.
    /// @throws Failure `UNAVAILABLE` when a folder that is there cannot be listed
    public List<Entry> entries() {
        var entries = new TreeMap<AppName, Entry>();
        for (Path folder : folders) {
            names(folder).forEach(name -> find(folder, name).ifPresent(entry -> entries.putIfAbsent(name, entry)));
        }
        return List.copyOf(entries.values());
    }

    private static List<AppName> names(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.map(child -> String.valueOf(child.getFileName()))
                    .map(name -> SINGLE.stream().filter(name::endsWith).findFirst()
                            .map(ending -> name.substring(0, name.length() - ending.length())).orElse(name))
                    .filter(AppName::allows).distinct().map(AppName::new).toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of(); // such a folder holds nothing
        } catch (IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot list the catalogue " + folder + ": " + e.getMessage(), e);
        }
    }

    /// The entry of one app; no other is looked at.
    public Optional<Entry> find(AppName app) {
        return folders.stream().flatMap(folder -> find(folder, app).stream()).findFirst();
    }

    private static Optional<Entry> find(Path folder, AppName app) {
        return Stream.concat(SINGLE.stream().map(ending -> folder.resolve(app + ending)),
                        INSIDE.stream().map(file -> folder.resolve(app.value()).resolve(file)))
                .filter(Files::isRegularFile).findFirst().map(file -> new Entry(app, file));
    }

    /// The entry's manifest with the variables of the `.env` beside it. Nobody's environment takes part, so that every reading gives
    /// the same.
    /// @throws Failure `INVALID` when it cannot be read
    public static ManifestSource read(Entry entry) {
        String text = text(entry.file()).orElseThrow(() -> new Failure(Failure.Kind.INVALID, "cannot read " + entry.file()
                + ": it does not exist"));
        var named = ManifestVariables.named(text);
        Path file = entry.file().resolveSibling(ManifestFiles.VARIABLES);
        var variables = new LinkedHashMap<String, String>();
        if (!named.isEmpty()) {
            text(file).ifPresent(content -> variables.putAll(parsed(file, content)));
            variables.keySet().retainAll(named);
        }
        return new ManifestSource(entry.file(), text, variables);
    }

    private static Map<String, String> parsed(Path file, String content) {
        return switch (EnvText.parse(content, _ -> Optional.empty())) {
            case EnvText.Result.Read(Map<String, String> values) -> values;
            case EnvText.Result.Refused(var problems) -> throw new Failure(Failure.Kind.INVALID, problems.stream()
                    .map(problem -> file + ":" + problem).collect(Collectors.joining("\n")));
        };
    }

    /// @return empty where there is no such file
    private static Optional<String> text(Path file) {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(ManifestFiles.MOST_BYTES + 1);
            if (bytes.length > ManifestFiles.MOST_BYTES) {
                throw new Failure(Failure.Kind.INVALID,
                        "cannot read " + file + ": it is larger than " + ManifestFiles.MOST_BYTES + " bytes");
            }
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (CharacterCodingException e) {
            throw new Failure(Failure.Kind.INVALID, "cannot read " + file + ": it is not UTF-8 text", e);
        } catch (IOException e) {
            throw new Failure(Failure.Kind.INVALID, "cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
