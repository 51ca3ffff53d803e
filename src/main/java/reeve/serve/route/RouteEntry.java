package reeve.serve.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reeve.base.Jitter;
import reeve.base.regex.LinearPattern;
import reeve.model.Access;
import reeve.model.Balance;
import reeve.model.FileRoot;
import reeve.model.PathKind;
import reeve.model.RouteHandling.PathChange;
import reeve.model.RouteSpec;
import reeve.model.ServiceId;
import reeve.serve.access.AccessGate;
import reeve.serve.edge.EdgeRules;
import reeve.serve.edge.FileTree;

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
    private final @Nullable AccessGate gate;
    private final @Nullable RouteEntry authority;
    private final @Nullable EdgeRules edge;
    private final @Nullable FileTree files;

    private RouteEntry(Route route, String source, List<Backend> backends, Balancer balancer, @Nullable LinearPattern pattern,
            @Nullable Shares shares, @Nullable AccessGate gate, Backends known) {
        this.route = route;
        this.source = source;
        this.conditions = Conditions.of(route.spec().when());
        this.pattern = pattern;
        this.changesPath = !(route.spec().handling().change() instanceof PathChange.None);
        this.tls = EntryTls.of(route.spec().handling().tls());
        this.files = route.destination() instanceof Route.ToFiles(FileRoot root) ? new FileTree(root) : null;
        this.edge = EdgeRules.of(route.spec().handling().edge());
        this.shares = shares;
        this.backends = backends;
        this.balancer = balancer;
        this.gate = gate;
        this.authority = gate == null ? null : gate.access().forward().flatMap(Access.Forward::to)
                .map(to -> of(new Route(new RouteSpec("*", "/"), new Route.ToExternal(to)), source, known, null, null, null)).orElse(null);
    }

    /// One entry for routes that share their requests by weight, or for one alone.
    /// @param before what was there for the same requests; null for nothing
    static RouteEntry of(List<Route> routes, String source, Backends known, @Nullable RouteEntry before) {
        RouteSpec spec = routes.getFirst().spec();
        LinearPattern pattern = spec.kind() == PathKind.REGEX ? LinearPattern.of(spec.path()) : null;
        var gates = new ArrayList<AccessGate>();
        if (before != null) {
            before.all().forEach(entry -> keep(entry.gate, gates));
        }
        if (routes.size() == 1) {
            return of(routes.getFirst(), source, known, pattern, null, gate(spec, gates));
        }
        List<RouteEntry> all = routes.stream().map(route -> of(route, source, known, pattern, null, gate(route.spec(), gates))).toList();
        return of(routes.getFirst(), source, known, pattern, Shares.of(all), null);
    }

    /// The gate goes on where the rules are the same, and is one for routes that share their requests.
    private static @Nullable AccessGate gate(RouteSpec spec, List<AccessGate> known) {
        AccessGate gate = AccessGate.of(spec.handling().access(), spec.toString(), known);
        keep(gate, known);
        return gate;
    }

    private static void keep(@Nullable AccessGate gate, List<AccessGate> known) {
        if (gate != null) {
            known.add(gate);
        }
    }

    private static RouteEntry of(Route route, String source, Backends known, @Nullable LinearPattern pattern, @Nullable Shares shares,
            @Nullable AccessGate gate) {
        return switch (route.destination()) {
            case Route.ToExternal external -> {
                List<Backend> backends = List.of(known.get(Backend.Key.of(external)));
                yield new RouteEntry(route, source, backends,
                        new Balancer(Balance.DEFAULT, backends, new int[] {1}, known.turn(), known.overflow()), pattern, shares, gate,
                        known);
            }
            case Route.ToRedirect _, Route.ToFiles _ -> new RouteEntry(route, source, List.of(),
                    new Balancer(Balance.DEFAULT, List.of(), new int[0], known.turn(), known.overflow()), pattern, shares, gate, known);
            case Route.ToService service -> {
                List<Backend> backends = service.targets().stream().map(target -> known.get(Backend.Key.of(target))).toList();
                service.targets().forEach(target -> known.get(Backend.Key.of(target)).ready(target.ready()));
                List<Route.Target> ready = service.targets().stream().filter(Route.Target::ready).toList();
                List<Backend> readyBackends = ready.stream().map(target -> known.get(Backend.Key.of(target))).toList();
                yield new RouteEntry(route, source, backends, new Balancer(service.balance(), readyBackends,
                        ready.stream().mapToInt(Route.Target::weight).toArray(), known.turn(), known.overflow(service.service())),
                        pattern, shares, gate, known);
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

    /// Who may use it; null where everybody may, as they like.
    public @Nullable AccessGate gate() {
        return gate;
    }

    /// Where is asked about its requests; null where nobody is, or where another route of the table leads there.
    public @Nullable RouteEntry authority() {
        return authority;
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

    /// The files that answer its requests; null where something else does.
    public @Nullable FileTree files() {
        return files;
    }

    /// What becomes of requests and answers on their way; null where they pass as they are.
    public @Nullable EdgeRules edge() {
        return edge;
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
        if (authority != null) {
            used.addAll(authority.backends);
        }
        if (shares != null) {
            shares.all().forEach(share -> used.addAll(share.used()));
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
