package reeve.serve.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reeve.base.Jitter;
import reeve.base.regex.LinearPattern;
import reeve.model.Address;
import reeve.model.Balance;
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
    private final Balancer balancer;
    private final @Nullable Conditions conditions;
    private final @Nullable LinearPattern pattern;
    private final @Nullable Shares shares;
    private final boolean changesPath;
    private final @Nullable EntryTls tls;

    private RouteEntry(Route route, String source, List<Backend> backends, Balancer balancer, @Nullable LinearPattern pattern,
            @Nullable Shares shares) {
        this.route = route;
        this.source = source;
        this.conditions = Conditions.of(route.spec().when());
        this.pattern = pattern;
        this.changesPath = !(route.spec().handling().change() instanceof PathChange.None);
        this.tls = EntryTls.of(route.spec().handling().tls());
        this.shares = shares;
        this.backends = backends;
        this.balancer = balancer;
    }

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
        return switch (route.destination()) {
            case Route.ToExternal(Address address) -> {
                List<Backend> backends = List.of(known.get(Backend.Key.of(address)));
                yield new RouteEntry(route, source, backends,
                        new Balancer(Balance.DEFAULT, backends, new int[] {1}, known.turn(), known.overflow()), pattern, shares);
            }
            case Route.ToRedirect _ -> new RouteEntry(route, source, List.of(),
                    new Balancer(Balance.DEFAULT, List.of(), new int[0], known.turn(), known.overflow()), pattern, shares);
            case Route.ToService service -> {
                List<Backend> backends = service.targets().stream().map(target -> known.get(Backend.Key.of(target))).toList();
                service.targets().forEach(target -> known.get(Backend.Key.of(target)).ready(target.ready()));
                List<Route.Target> ready = service.targets().stream().filter(Route.Target::ready).toList();
                List<Backend> readyBackends = ready.stream().map(target -> known.get(Backend.Key.of(target))).toList();
                yield new RouteEntry(route, source, backends, new Balancer(service.balance(), readyBackends,
                        ready.stream().mapToInt(Route.Target::weight).toArray(), known.turn(), known.overflow(service.service())),
                        pattern, shares);
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

    /// What TLS means for it; null: what the node says.
    public @Nullable EntryTls tls() {
        return tls;
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

    /// Chooses among those of its backends that take requests.
    public Balancer balancer() {
        return balancer;
    }
}
