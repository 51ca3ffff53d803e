package reeve.serve.route;

import java.util.List;
import reeve.model.Address;
import reeve.model.Balance;

/// A route as a table holds it: with its source, and with its backends looked up and ready to choose from. Immutable, but
/// for the backends' counts.
public final class RouteEntry {
    private final Route route;
    private final String source;
    private final List<Backend> backends;
    private final Balancer balancer;

    private RouteEntry(Route route, String source, List<Backend> backends, Balancer balancer) {
        this.route = route;
        this.source = source;
        this.backends = backends;
        this.balancer = balancer;
    }

    static RouteEntry of(Route route, String source, Backends known) {
        return switch (route.destination()) {
            case Route.ToExternal(Address address) -> {
                List<Backend> backends = List.of(known.get(Backend.Key.of(address)));
                yield new RouteEntry(route, source, backends,
                        new Balancer(Balance.DEFAULT, backends, new int[] {1}, known.turn(), known.overflow()));
            }
            case Route.ToService service -> {
                List<Backend> backends = service.targets().stream().map(target -> known.get(Backend.Key.of(target))).toList();
                service.targets().forEach(target -> known.get(Backend.Key.of(target)).ready(target.ready()));
                List<Route.Target> ready = service.targets().stream().filter(Route.Target::ready).toList();
                List<Backend> readyBackends = ready.stream().map(target -> known.get(Backend.Key.of(target))).toList();
                yield new RouteEntry(route, source, backends, new Balancer(service.balance(), readyBackends,
                        ready.stream().mapToInt(Route.Target::weight).toArray(), known.turn(), known.overflow(service.service())));
            }
        };
    }

    public Route route() {
        return route;
    }

    /// Name of the source that declared it.
    public String source() {
        return source;
    }

    /// In the order of the declaration's targets, in whatever state.
    List<Backend> backends() {
        return backends;
    }

    /// Chooses among those of its backends that take requests.
    public Balancer balancer() {
        return balancer;
    }
}
