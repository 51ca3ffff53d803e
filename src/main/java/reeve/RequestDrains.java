package reeve;

import java.time.Duration;
import reeve.base.Time;
import reeve.base.Waiting;
import reeve.model.InstanceId;
import reeve.run.reconcile.Drains;
import reeve.serve.route.RouteSources;

/// Joins reconcile's wish to see an instance without requests to the proxy that knows them.
final class RequestDrains implements Drains {
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private final RouteSources routes;
    private final Runnable settle;
    private final Time time;

    /// @param settle returns when no request is on its way to where no route leads any more
    RequestDrains(RouteSources routes, Runnable settle, Time time) {
        this.routes = routes;
        this.settle = settle;
        this.time = time;
    }

    @Override
    public void await(InstanceId instance, Duration limit) {
        settle.run();
        Waiting.until(time, LOOK_EVERY, limit, () -> routes.inFlight(instance) == 0);
    }
}
