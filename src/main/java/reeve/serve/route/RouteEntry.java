package reeve.serve.route;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reeve.base.Jitter;
import reeve.model.Address;

/// A route as a table holds it: with its source, and with its backends looked up and ready to choose from. Immutable, but
/// for the backends' counts.
public final class RouteEntry {
    private final Route route;
    private final String source;
    private final List<Backend> backends;
    private final Backend[] ready;
    private final int[] weights;
    private final int totalWeight;

    private RouteEntry(Route route, String source, List<Backend> backends, List<Weighted> ready) {
        this.route = route;
        this.source = source;
        this.backends = backends;
        this.ready = ready.stream().map(Weighted::backend).toArray(Backend[]::new);
        this.weights = ready.stream().mapToInt(Weighted::weight).toArray();
        this.totalWeight = ready.stream().mapToInt(Weighted::weight).sum();
    }

    private record Weighted(Backend backend, int weight) {}

    static RouteEntry of(Route route, String source, Backends known) {
        var backends = new ArrayList<Backend>();
        var ready = new ArrayList<Weighted>();
        switch (route.destination()) {
            case Route.ToExternal(Address address) -> {
                Backend backend = known.get(Backend.Key.of(address));
                backends.add(backend);
                ready.add(new Weighted(backend, 1));
            }
            case Route.ToService service -> {
                for (Route.Target target : service.targets()) {
                    Backend backend = known.get(Backend.Key.of(target));
                    backends.add(backend);
                    if (target.ready()) {
                        ready.add(new Weighted(backend, target.weight()));
                    }
                }
            }
        }
        return new RouteEntry(route, source, List.copyOf(backends), ready);
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

    /// Chooses a backend: of two drawn by weight, the one with fewer requests for its weight.
    /// @param jitter drawn from only where there is a choice
    /// @return null where no target takes requests
    public @Nullable Backend choose(Jitter jitter) {
        if (ready.length < 2) {
            return ready.length == 0 ? null : ready[0];
        }
        int one = draw(jitter.next());
        int other = draw(jitter.next());
        if (one == other) {
            other = (one + 1) % ready.length;
        }
        // a/wa <= b/wb without division
        long left = (long) ready[one].inFlight() * weights[other];
        long right = (long) ready[other].inFlight() * weights[one];
        return ready[left <= right ? one : other];
    }

    private int draw(double random) {
        int left = (int) (random * totalWeight);
        int i = 0;
        while (left >= weights[i]) {
            left -= weights[i++];
        }
        return i;
    }
}
