package reeve.serve.proxy;

import java.util.List;
import java.util.Optional;
import reeve.model.Address;
import reeve.model.HeaderChanges;
import reeve.model.HeaderText;
import reeve.model.RouteEdge;
import reeve.model.RouteHandling;
import reeve.model.RouteSpec;
import reeve.serve.route.Route;

/// Routes with something to do on the way.
final class EdgeFixture {
    private EdgeFixture() {}

    static HeaderChanges.Line line(String name, String value) {
        return new HeaderChanges.Line(name, new HeaderText(value));
    }

    static HeaderChanges set(HeaderChanges.Line... lines) {
        return new HeaderChanges(List.of(lines), List.of(), List.of());
    }

    static RouteSpec spec(RouteEdge edge) {
        return new RouteSpec("*", "/").with(RouteHandling.PLAIN.with(Optional.of(edge)));
    }

    /// Sends everything to one external backend.
    static ProxyFixture route(ProxyFixture fixture, RouteEdge edge, Address backend) {
        fixture.sources.publish("apps", List.of(new Route(spec(edge), new Route.ToExternal(backend))));
        return fixture;
    }
}
