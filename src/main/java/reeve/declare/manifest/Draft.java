package reeve.declare.manifest;

import java.util.List;
import java.util.Map;
import reeve.declare.yaml.Value;
import reeve.model.Dependency;
import reeve.model.RouteSpec;
import reeve.model.ServiceName;
import reeve.model.ServiceSpec;

/// A service as its own lines give it, before it was compared with the others.
/// @param spec     where a value could not be read, its default stands in
/// @param whole    whether all values could be read; otherwise what follows from them is not worth reporting
/// @param choseRestart whether `restart` is given
/// @param at       the value of each key that a check may have to point at
record Draft(ServiceSpec spec, boolean whole, boolean choseRestart, List<Needed> needs, List<Routed> routes, Value service,
        Map<String, Value> at) {

    /// A dependency and where it stands.
    record Needed(Dependency dependency, Value where) {}

    /// A route and where it stands.
    record Routed(RouteSpec route, Value where) {}

    Draft {
        needs = List.copyOf(needs);
        routes = List.copyOf(routes);
        at = Map.copyOf(at);
    }

    ServiceName name() {
        return spec.name();
    }

    Value at(String key) {
        return at.getOrDefault(key, service);
    }
}
