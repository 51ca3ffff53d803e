package reeve.front.api;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import reeve.base.http.HttpAnswer;
import reeve.model.Failure;
import reeve.model.wire.CatalogueAnswer;
import reeve.model.wire.CatalogueRow;
import reeve.model.wire.InstallRequest;
import reeve.model.wire.UninstallRequest;
import reeve.model.wire.WireJson;

/// Verbs about apps that come from a catalogue.
final class CatalogueVerbs {
    private final ApiParts parts;
    private final WireJson json;

    CatalogueVerbs(ApiParts parts, WireJson json) {
        this.parts = parts;
        this.json = json;
    }

    HttpAnswer list(ApiCall call) {
        call.allowOnly(Set.of("catalog"));
        Optional<Path> folder = folder(call.parameter("catalog"));
        return Answers.json(json, new CatalogueAnswer(parts.installs().folders(folder).stream().map(Path::toString).toList(),
                parts.installs().list(folder).stream()
                        .map(one -> new CatalogueRow(one.app().value(), one.file().toString(), one.installed())).toList()));
    }

    HttpAnswer install(ApiCall call) {
        Optional<Path> folder = folder(Optional.ofNullable(call.body(InstallRequest.class).catalog()));
        return Answers.json(json, Rows.applied(parts.installs().install(call.app(), folder), List.of()));
    }

    HttpAnswer uninstall(ApiCall call) {
        parts.installs().uninstall(call.app(), call.body(UninstallRequest.class).volumes());
        return Answers.done();
    }

    private static Optional<Path> folder(Optional<String> text) {
        try {
            Optional<Path> folder = text.map(Path::of);
            if (folder.isPresent() && !folder.get().isAbsolute()) {
                throw new Failure(Failure.Kind.INVALID, "cannot use a catalogue without its absolute path");
            }
            return folder.map(Path::normalize);
        } catch (InvalidPathException e) {
            throw new Failure(Failure.Kind.INVALID, "cannot use such a path for a catalogue", e);
        }
    }
}
