package reeve;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import reeve.model.ManifestSource;
import reeve.model.ServiceId;
import reeve.model.wire.FeedApp;
import reeve.model.wire.FeedService;
import reeve.model.wire.WireJson;
import reeve.run.reconcile.Apps;
import reeve.serve.route.Route;
import reeve.serve.route.RouteEntry;
import reeve.serve.route.RouteTable;

/// The rows that proxies of this node are fed: what its apps declare, as it was declared, and how their services stand in the table that
/// was published last. [FedRoutes] is the way back.
record FeedSource(Supplier<RouteTable> table, Apps apps) {
    static final String APPS = "app/";
    static final String SERVICES = "service/";

    Map<String, String> rows() {
        var rows = new HashMap<String, String>();
        for (Apps.AppStatus app : apps.snapshot().apps()) {
            ManifestSource source = app.source();
            rows.put(APPS + app.spec().name(),
                    WireJson.strict().write(new FeedApp(source.file().toString(), source.text(), source.variables())));
        }
        var standings = new HashMap<ServiceId, Route.ToService>();
        for (RouteEntry entry : table.get().entries()) {
            if (entry.route().destination() instanceof Route.ToService service) {
                standings.put(service.service(), service);
            }
        }
        standings.forEach((service, standing) -> rows.put(SERVICES + service, WireJson.strict().write(row(standing))));
        return rows;
    }

    private static FeedService row(Route.ToService service) {
        var targets = service.targets().stream().map(target -> new FeedService.Target(target.instance().number(),
                target.address().toString(), word(target.state()), target.weight())).toList();
        return switch (service.availability()) {
            case Route.Availability.Serving() -> new FeedService(service.sleeps(), "serving", "", "", targets);
            case Route.Availability.Asleep() -> new FeedService(service.sleeps(), "asleep", "", "", targets);
            case Route.Availability.Maintenance(var message) -> new FeedService(service.sleeps(), "maintenance", "", message, targets);
            case Route.Availability.Down(var state, var reason) -> new FeedService(service.sleeps(), "down", word(state), reason, targets);
        };
    }

    private static String word(Enum<?> state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
