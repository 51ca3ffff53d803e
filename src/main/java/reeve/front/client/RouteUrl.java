package reeve.front.client;

import java.util.Set;
import reeve.model.Address;
import reeve.model.wire.RouteRow;

/// Where a browser finds a route. Pure.
public final class RouteUrl {
    private static final Set<String> THIS_MACHINE = Set.of("0.0.0.0", "::", "127.0.0.1", "::1");

    private RouteUrl() {}

    /// Names under `localhost` are this machine to any browser; other names need DNS. A route for every host is shown
    /// under the listener's own address.
    /// @param listener the proxy's
    public static String of(RouteRow route, Address listener) {
        String own = THIS_MACHINE.contains(listener.host()) ? "localhost" : listener.host();
        String host = route.host().equals("*") ? own : route.host();
        return "http://" + (listener.port() == 80 ? host : new Address(host, listener.port())) + route.path();
    }
}
