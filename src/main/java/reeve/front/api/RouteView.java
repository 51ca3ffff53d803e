package reeve.front.api;

import java.util.List;
import reeve.model.InstanceId;
import reeve.serve.route.Route;

/// What the proxy serves, for people. A port of this room; reading never waits.
public interface RouteView {

    /// In the order in which people look for them: by host, then path.
    List<Served> routes();

    /// Requests, streams and upgraded connections open at an instance now.
    int inFlight(InstanceId instance);

    /// @param source who declared it: `apps`, `files`, …
    record Served(Route route, String source) {}
}
