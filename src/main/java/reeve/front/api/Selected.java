package reeve.front.api;

import java.util.List;
import reeve.base.Nearest;
import reeve.model.AppName;
import reeve.model.Failure;
import reeve.model.Selector;
import reeve.model.ServiceSpec;
import reeve.run.reconcile.Apps;

/// What a selector stands for among what is declared. Pure.
final class Selected {
    private Selected() {}

    /// @throws Failure `NOT_FOUND`, naming what there is
    static void require(Selector selector, Apps.Snapshot snapshot) {
        Apps.AppStatus app = snapshot.app(selector.app())
                .orElseThrow(() -> noApp(selector.app(), snapshot));
        switch (selector) {
            case Selector.App _ -> { }
            case Selector.Service(var id) -> app.spec().service(id.service()).orElseThrow(() -> noService(id.toString(), app));
            case Selector.Instance(var id) -> {
                app.spec().service(id.service().service()).orElseThrow(() -> noService(id.service().toString(), app));
                if (snapshot.instances().stream().noneMatch(instance -> instance.id().equals(id))) {
                    throw notFound("instance '" + id + "'", "the service has no such instance");
                }
            }
        }
    }

    /// The services that a selector covers at least in part.
    static List<ServiceSpec> services(Selector selector, Apps.Snapshot snapshot) {
        require(selector, snapshot);
        List<ServiceSpec> all = snapshot.app(selector.app()).map(app -> app.spec().all()).orElse(List.of());
        return switch (selector) {
            case Selector.App _ -> all;
            case Selector.Service(var id) -> all.stream().filter(service -> service.name().equals(id.service())).toList();
            case Selector.Instance(var id) -> all.stream().filter(service -> service.name().equals(id.service().service())).toList();
        };
    }

    /// Names what may be meant.
    static Failure noApp(AppName name, Apps.Snapshot snapshot) {
        List<String> apps = snapshot.apps().stream().map(app -> app.spec().name().value()).toList();
        return notFound("app '" + name + "'", apps.isEmpty() ? "this node has no apps"
                : "it is not declared on this node" + Nearest.hint(name.value(), apps));
    }

    private static Failure noService(String service, Apps.AppStatus app) {
        List<String> services = app.spec().all().stream().map(s -> s.name().value()).toList();
        return notFound("service '" + service + "'", "the app has " + String.join(", ", services)
                + Nearest.hint(service.substring(service.indexOf('/') + 1), services));
    }

    private static Failure notFound(String what, String why) {
        return new Failure(Failure.Kind.NOT_FOUND, "cannot find " + what + ": " + why);
    }
}
