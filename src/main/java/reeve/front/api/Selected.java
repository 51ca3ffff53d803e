package reeve.front.api;

import java.util.List;
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
                .orElseThrow(() -> notFound("app '" + selector.app() + "'", "it is not declared on this node"));
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
        List<ServiceSpec> all = snapshot.app(selector.app()).map(app -> app.spec().services()).orElse(List.of());
        return switch (selector) {
            case Selector.App _ -> all;
            case Selector.Service(var id) -> all.stream().filter(service -> service.name().equals(id.service())).toList();
            case Selector.Instance(var id) -> all.stream().filter(service -> service.name().equals(id.service().service())).toList();
        };
    }

    private static Failure noService(String service, Apps.AppStatus app) {
        return notFound("service '" + service + "'", "the app has "
                + String.join(", ", app.spec().services().stream().map(s -> s.name().value()).toList()));
    }

    private static Failure notFound(String what, String why) {
        return new Failure(Failure.Kind.NOT_FOUND, "cannot find " + what + ": " + why);
    }
}
