package reeve;

import java.util.stream.Collectors;
import reeve.declare.manifest.ManifestReader;
import reeve.model.AppSpec;
import reeve.model.Failure;
import reeve.model.ManifestSource;

/// Joins the reading of manifests to rooms that want a specification or one failure.
final class Manifests {
    private Manifests() {}

    /// @throws Failure `INVALID` with every error, one a line
    static AppSpec read(ManifestReader reader, ManifestSource source) {
        return switch (reader.read(source)) {
            case ManifestReader.Result.Read(AppSpec spec, var _) -> spec;
            case ManifestReader.Result.Refused(var errors) ->
                throw new Failure(Failure.Kind.INVALID, errors.stream().map(Object::toString).collect(Collectors.joining("\n")));
        };
    }
}
