package reeve.serve.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reeve.base.Jitter;
import reeve.base.regex.LinearPattern;
import reeve.model.Address;
import reeve.model.PathKind;
import reeve.model.RouteHandling.PathChange;
import reeve.model.RouteSpec;
import reeve.model.ServiceId;

/// A route as a table holds it: with its source, and with its backends looked up and ready to choose from. Immutable, but
/// for the backends' counts.
public final class RouteEntry {
    private final Route route;
    private final String source;
    private final List<Backend> backends;
    private final Backend[] ready;
    private final int[] weights;
    private final int totalWeight;
    private final @Nullable Conditions conditions;
    private final @Nullable LinearPattern pattern;
    private final @Nullable Shares shares;
    private final boolean changesPath;

    private RouteEntry(Route route, String source, List<Backend> backends, List<Weighted> ready, @Nullable LinearPattern pattern,
            @Nullable Shares shares) {
        this.route = route;
        this.source = source;
        this.conditions = Conditions.of(route.spec().when());
        this.pattern = pattern;
        this.changesPath = !(route.spec().handling().change() instanceof PathChange.None);
        this.shares = shares;
        this.backends = backends;
        this.ready = ready.stream().map(Weighted::backend).toArray(Backend[]::new);
        this.weights = ready.stream().mapToInt(Weighted::weight).toArray();
        this.totalWeight = ready.stream().mapToInt(Weighted::weight).sum();
    }

    private record Weighted(Backend backend, int weight) {}

    /// One entry for routes that share their requests by weight, or for one alone.
    static RouteEntry of(List<Route> routes, String source, Backends known) {
        RouteSpec spec = routes.getFirst().spec();
        LinearPattern pattern = spec.kind() == PathKind.REGEX ? LinearPattern.of(spec.path()) : null;
        if (routes.size() == 1) {
            return of(routes.getFirst(), source, known, pattern, null);
        }
        List<RouteEntry> all = routes.stream().map(route -> of(route, source, known, pattern, null)).toList();
        return of(routes.getFirst(), source, known, pattern, Shares.of(all));
    }

    private static RouteEntry of(Route route, String source, Backends known, @Nullable LinearPattern pattern, @Nullable Shares shares) {
        var backends = new ArrayList<Backend>();
        var ready = new ArrayList<Weighted>();
        switch (route.destination()) {
            case Route.ToExternal(Address address) -> {
                Backend backend = known.get(Backend.Key.of(address));
                backends.add(backend);
                ready.add(new Weighted(backend, 1));
            }
            case Route.ToRedirect _ -> { }
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
        return new RouteEntry(route, source, List.copyOf(backends), ready, pattern, shares);
    }

    public Route route() {
        return route;
    }

    /// Name of the source that declared it.
    public String source() {
        return source;
    }

    /// Itself, or, where routes share their requests, each of those.
    List<RouteEntry> all() {
        return shares == null ? List.of(this) : shares.all();
    }

    /// Whether it is made of the same routes of the same source.
    boolean isOf(List<Route> routes, String from) {
        return source.equals(from) && all().stream().map(RouteEntry::route).toList().equals(routes);
    }

    boolean isUnconditional() {
        return conditions == null;
    }

    boolean accepts(RouteRequest request) {
        return conditions == null || conditions.accept(request);
    }

    /// Whether requests are forwarded with another path than they came with.
    public boolean changesPath() {
        return changesPath;
    }

    /// Present where its path is a regular expression.
    Optional<LinearPattern> pattern() {
        return Optional.ofNullable(pattern);
    }

    /// The route that gets a request, of those that share them: drawn by weight.
    /// @param jitter    drawn from only where there is a choice
    /// @param waitedFor the service that the request was held for, which it stays with; null for none
    public RouteEntry share(Jitter jitter, @Nullable ServiceId waitedFor) {
        return shares == null ? this : shares.choose(jitter.next(), waitedFor);
    }

    /// All that it has taken from the known backends, as often as it took them.
    List<Backend> used() {
        var used = new ArrayList<>(backends);
        if (shares != null) {
            shares.all().forEach(share -> used.addAll(share.backends));
        }
        return used;
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
