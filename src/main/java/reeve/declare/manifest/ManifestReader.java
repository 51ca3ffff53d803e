package reeve.declare.manifest;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import reeve.declare.yaml.Node;
import reeve.declare.yaml.Place;
import reeve.declare.yaml.Problem;
import reeve.declare.yaml.Problems;
import reeve.declare.yaml.Texts;
import reeve.declare.yaml.Value;
import reeve.declare.yaml.YamlText;
import reeve.model.AppSpec;
import reeve.model.ManifestFiles;
import reeve.model.ManifestSource;

/// Reads one manifest. Pure: the same source gives the same result. Any thread.
public final class ManifestReader {

    /// The outcome of reading.
    public sealed interface Result {
        /// @param warnings what was skipped, such as `version`, or is probably not meant, such as an unset variable; may be empty
        record Read(AppSpec spec, List<ManifestError> warnings) implements Result {
            public Read {
                warnings = List.copyOf(warnings);
            }
        }

        /// Nothing is usable.
        /// @param errors at least one, at most [Problems#MOST], in the file's order
        record Refused(List<ManifestError> errors) implements Result {
            public Refused {
                errors = List.copyOf(errors);
            }
        }
    }

    /// One thing that is wrong, and where.
    /// @param line   from 1; 0 where the error has no place
    /// @param column from 1
    /// @param key    dotted path such as `services.web.sleep.after`; empty where there is none
    public record ManifestError(String file, int line, int column, String key, String message) {
        /// `shop.yaml:7:5: services.web.sleep.after: cannot read …`
        @Override
        public String toString() {
            return new Problem(new Place(line, column), key, message).in(file);
        }
    }

    public Result read(ManifestSource source) {
        var problems = new Problems();
        Optional<AppSpec> spec = tree(source.text(), problems).flatMap(root -> app(source, root, problems));
        String file = source.file().toString();
        List<Problem> errors = problems.errors();
        return spec.isPresent() && errors.isEmpty()
                ? new Result.Read(spec.get(), located(file, problems.warnings()))
                : new Result.Refused(located(file, errors));
    }

    private static Optional<Node> tree(String text, Problems problems) {
        int bytes = text.length() > ManifestFiles.MOST_BYTES ? text.length() : text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > ManifestFiles.MOST_BYTES) {
            problems.error(Place.NONE, "", "cannot read a manifest of " + bytes + " bytes: allowed are " + ManifestFiles.MOST_BYTES);
            return Optional.empty();
        }
        return YamlText.parse(text, problems);
    }

    private static Optional<AppSpec> app(ManifestSource source, Node root, Problems problems) {
        if (AppManifestReader.recognises(root)) {
            return new AppManifestReader(source.file()).read(Value.root(root, problems, Texts.AS_WRITTEN));
        }
        var templates = new Templates(source.variables());
        return new AppReader(source.file(), templates).read(Value.root(root, problems, templates));
    }

    private static List<ManifestError> located(String file, List<Problem> problems) {
        return problems.stream()
                .map(problem -> new ManifestError(file, problem.place().line(), problem.place().column(), problem.key(), problem.message()))
                .toList();
    }
}
