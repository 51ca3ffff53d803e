package reeve;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.declare.manifest.ManifestReader;
import reeve.model.Address;
import reeve.model.AppRoute;
import reeve.model.AppSpec;
import reeve.model.Failure;
import reeve.model.InstanceState;
import reeve.model.ManifestSource;
import reeve.model.RouteSpec;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.model.wire.FeedApp;
import reeve.model.wire.FeedService;
import reeve.model.wire.WireException;
import reeve.model.wire.WireJson;
import reeve.serve.route.Route;
import reeve.serve.route.RouteSources;

/// Makes routes of the rows that a node feeds: each app's manifest is read as the node reads it, so that a route means the same here,
/// and its services stand as the rows say. An app that cannot be read keeps the routes it had. One thread at a time.
final class FedRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(FedRoutes.class);

    private final RouteSources routes;
    private final ManifestReader reader = new ManifestReader();
    private Map<String, Known> apps = Map.of();

    /// @param json the row that it was read from
    private record Known(String json, Optional<AppSpec> spec) {}

    FedRoutes(RouteSources routes) {
        this.routes = routes;
    }

    void publish(Map<String, String> rows) {
        var next = new TreeMap<String, Known>();
        rows.forEach((key, json) -> {
            if (key.startsWith(FeedSource.APPS)) {
                Known known = apps.get(key);
                next.put(key, known != null && known.json.equals(json) ? known : read(key, json, known));
            }
        });
        apps = next;
        var all = new ArrayList<Route>();
        next.values().forEach(known -> known.spec.ifPresent(spec -> add(all, spec, rows)));
        routes.publish("apps", all);
    }

    private Known read(String key, String json, @Nullable Known before) {
        try {
            FeedApp app = WireJson.lenient().read(FeedApp.class, json);
            var source = new ManifestSource(Path.of(app.file()), app.text(), app.variables());
            return new Known(json, Optional.of(Manifests.read(reader, source)));
        } catch (Failure | WireException e) {
            LOG.error("cannot read what the node says of {}, which keeps the routes it had: reason={}", key, e.getMessage());
            return new Known(json, before == null ? Optional.empty() : before.spec);
        }
    }

    private static void add(List<Route> all, AppSpec app, Map<String, String> rows) {
        for (ServiceSpec service : app.services()) {
            var id = new ServiceId(app.name(), service.name());
            String row = rows.get(FeedSource.SERVICES + id);
            if (row != null && !service.routes().isEmpty()) {
                Route.ToService destination = destination(id, service, WireJson.lenient().read(FeedService.class, row));
                for (RouteSpec route : service.routes()) {
                    all.add(new Route(route, destination));
                }
            }
        }
        for (AppRoute route : app.routes()) {
            all.add(Route.of(route));
        }
    }

    private static Route.ToService destination(ServiceId id, ServiceSpec service, FeedService standing) {
        List<Route.Target> targets = standing.targets().stream().map(target -> new Route.Target(id.instance(target.number()),
                Address.parse(target.address()), state(target.state()), target.weight())).toList();
        Route.Availability availability = switch (standing.stands()) {
            case "serving" -> new Route.Availability.Serving();
            case "asleep" -> new Route.Availability.Asleep();
            case "maintenance" -> new Route.Availability.Maintenance(standing.text());
            default -> new Route.Availability.Down(state(standing.state()), standing.text());
        };
        return new Route.ToService(id, standing.sleeps(), availability, targets, service.balance());
    }

    /// One that a newer node knows and this proxy does not takes no requests.
    private static InstanceState state(String word) {
        try {
            return InstanceState.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return InstanceState.UNKNOWN; // see above
        }
    }
}
