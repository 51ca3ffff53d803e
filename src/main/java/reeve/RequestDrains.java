package reeve;

import java.time.Duration;
import java.util.Optional;
import reeve.base.Time;
import reeve.base.Waiting;
import reeve.model.InstanceId;
import reeve.run.reconcile.Drains;
import reeve.serve.feed.Feed;
import reeve.serve.route.RouteSources;

/// Joins reconcile's wish to see an instance without requests to the proxy that knows them.
final class RequestDrains implements Drains {
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private final RouteSources routes;
    private final Runnable settle;
    private final Time time;
    private volatile Optional<Feed> others = Optional.empty();

    /// @param settle returns when no request is on its way to where no route leads any more
    RequestDrains(RouteSources routes, Runnable settle, Time time) {
        this.routes = routes;
        this.settle = settle;
        this.time = time;
    }

    /// @param feed of proxies outside this process, whose requests count too
    void alsoOf(Feed feed) {
        others = Optional.of(feed);
    }

    @Override
    public void await(InstanceId instance, Duration limit) {
        settle.run();
        long version = others.map(Feed::published).orElse(0L);
        Waiting.until(time, LOOK_EVERY, limit,
                () -> routes.inFlight(instance) == 0 && others.map(feed -> feed.inFlight(instance, version)).orElse(0) == 0);
    }
}
