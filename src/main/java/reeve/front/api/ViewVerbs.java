package reeve.front.api;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import reeve.base.http.HttpAnswer;
import reeve.base.journal.Journal;
import reeve.model.AppName;
import reeve.model.Failure;
import reeve.model.InstanceStatus;
import reeve.model.Selector;
import reeve.model.wire.WireJson;
import reeve.run.reconcile.Apps;

/// Verbs that show what is.
final class ViewVerbs {
    private static final int EXPLAINING_ENTRIES = 20;

    private final ApiParts parts;
    private final WireJson json;

    ViewVerbs(ApiParts parts, WireJson json) {
        this.parts = parts;
        this.json = json;
    }

    HttpAnswer apps(ApiCall call) {
        call.allowOnly(Set.of());
        return Answers.json(json, parts.apps().snapshot().apps().stream().map(Rows::app).toList());
    }

    HttpAnswer instances(ApiCall call) {
        call.allowOnly(Set.of("app"));
        Apps.Snapshot snapshot = parts.apps().snapshot();
        Optional<AppName> app = app(call, snapshot);
        List<InstanceStatus> instances = snapshot.instances();
        return Answers.json(json, instances.stream()
                .filter(instance -> app.isEmpty() || instance.id().service().app().equals(app.get()))
                .map(instance -> Rows.instance(instance, snapshot))
                .toList());
    }

    HttpAnswer routes(ApiCall call) {
        call.allowOnly(Set.of("app"));
        Optional<AppName> app = app(call, parts.apps().snapshot());
        return Answers.json(json, parts.routes().get().views().stream()
                .filter(route -> app.isEmpty() || route.service().filter(service -> service.app().equals(app.get())).isPresent())
                .map(route -> Rows.route(route, parts.time().nanos()))
                .toList());
    }

    HttpAnswer explain(ApiCall call) {
        call.allowOnly(Set.of("service", "instance"));
        Selector selector = call.selected();
        Apps.Snapshot snapshot = parts.apps().snapshot();
        Selected.require(selector, snapshot);
        List<Journal.Entry> entries = parts.journal().read(entry -> entry.concerns(selector.toString()), EXPLAINING_ENTRIES);
        return Answers.json(json, Explanation.of(selector, snapshot, parts.facts().get(), parts.sleep()::status,
                ViewVerbs::lastLine, entries));
    }

    HttpAnswer explainUrl(ApiCall call) {
        call.allowOnly(Set.of("url"));
        String url = call.parameter("url").orElseThrow(() ->
                new Failure(Failure.Kind.INVALID, "cannot explain: the parameter 'url' is missing"));
        return Answers.json(json, RequestExplanation.of(url, parts.routes().get(), parts.hidden().get(), parts.http().get(),
                parts.apps().snapshot(), parts.sleep()::status, parts.time().nanos()));
    }

    private static Optional<String> lastLine(InstanceStatus instance, Path log) {
        try (var tail = new LogTail(instance.id().toString(), log)) {
            return tail.lastLine();
        } catch (IOException e) {
            return Optional.of("(cannot read its log: " + e.getMessage() + ")");
        }
    }

    private static Optional<AppName> app(ApiCall call, Apps.Snapshot snapshot) {
        Optional<AppName> app = call.parameter("app").map(AppName::new);
        app.filter(name -> snapshot.app(name).isEmpty()).ifPresent(name -> {
            throw Selected.noApp(name, snapshot);
        });
        return app;
    }
}
