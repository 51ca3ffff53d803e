package reeve.serve.route;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.model.InstanceId;
import reeve.model.RouteSpec;

/// Merges what named sources declare into one [RouteTable], and alone publishes it. Where two declare the same host and
/// path, the source named earlier wins, within a source the route listed earlier; the loser is reported, not forgotten: it
/// takes over when the winner goes. Routes of one source that all have a weight share their requests.
/// A publication costs what it changes, not what there is. Any thread; publications come one after the other.
public final class RouteSources {
    private static final Logger LOG = LoggerFactory.getLogger(RouteSources.class);

    private static final Duration GRACE = Duration.ofSeconds(30);

    private final List<String> precedence;
    /// Where each source has routes, or had.
    private final Map<String, Set<String>> hosts = new HashMap<>();
    /// Routes that do not get their requests: the strongest first.
    private final Map<Place, List<Declared>> hidden = new HashMap<>();
    private final Backends backends;
    private final List<Consumer<RouteTable>> listeners = new CopyOnWriteArrayList<>();
    private volatile State state = new State(RouteTable.EMPTY, List.of());

    private record State(RouteTable table, List<Conflict> conflicts) {}

    private record Declared(String source, Route route) {}

    /// Two routes for the same requests.
    /// @param winning the service or external address that gets the requests
    /// @param losing  the one that does not
    public record Conflict(RouteSpec spec, String winner, String winning, String loser, String losing) {
        static Conflict of(RouteEntry winner, String loser, Route losing) {
            return new Conflict(losing.spec(), winner.source(), describe(winner.route().destination()), loser,
                    describe(losing.destination()));
        }

        /// Whether this is the route that wins.
        public boolean wonBy(RouteSpec winner) {
            return Place.of(winner).equals(Place.of(spec));
        }

        @Override
        public String toString() {
            return spec + ": " + winning + " of source '" + winner + "' hides " + losing + " of source '" + loser + "'";
        }

        private static String describe(Route.Destination destination) {
            return switch (destination) {
                case Route.ToService service -> service.service().toString();
                case Route.ToExternal external -> external.address().toString();
                case Route.ToFiles files -> "files " + files.files();
                case Route.ToRedirect redirect -> "redirect " + redirect.redirect();
            };
        }
    }

    /// @param precedence names of all sources, the strongest first
    public RouteSources(List<String> precedence) {
        this(precedence, GRACE);
    }

    /// @param grace what is open at a backend goes on for, once no route leads there any more
    public RouteSources(List<String> precedence, Duration grace) {
        this.precedence = List.copyOf(precedence);
        this.backends = new Backends(grace);
    }

    /// The table now: one volatile read.
    public RouteTable table() {
        return state.table;
    }

    /// Routes of the current table that are hidden by others.
    public List<Conflict> conflicts() {
        return state.conflicts;
    }

    /// Requests that an instance is working on.
    public synchronized int inFlight(InstanceId instance) {
        return backends.inFlight(instance);
    }

    /// Requests that each instance is working on, of those that work.
    public synchronized Map<InstanceId, Integer> inFlight() {
        return backends.inFlight();
    }

    /// Replaces all routes of one source. When this returns, every new request sees them.
    /// @throws IllegalArgumentException for a source that was not named at the start
    public synchronized void publish(String source, List<Route> routes) {
        Set<String> before = hosts(source);
        var wanted = new LinkedHashMap<Place, List<Route>>();
        routes.forEach(route -> wanted.computeIfAbsent(Place.of(route.spec()), _ -> new ArrayList<>(1)).add(route));
        for (String host : before) {
            state.table.hosts().forEach(host, entry -> {
                if (entry.source().equals(source)) {
                    wanted.putIfAbsent(Place.of(entry.route().spec()), List.of());
                }
            });
        }
        hidden.forEach((place, all) -> {
            if (all.stream().anyMatch(each -> each.source.equals(source))) {
                wanted.putIfAbsent(place, List.of());
            }
        });
        before.clear();
        routes.forEach(route -> before.add(route.spec().host()));
        apply(source, wanted);
    }

    /// Changes some routes of one source, all at once; its others stay. When this returns, every new request sees them.
    /// @param put     each takes the place of those of this source for the same requests
    /// @param removed those for the same requests as these go, unless they are put
    /// @throws IllegalArgumentException for a source that was not named at the start
    public synchronized void change(String source, List<Route> put, List<RouteSpec> removed) {
        Set<String> known = hosts(source);
        var wanted = new LinkedHashMap<Place, List<Route>>();
        for (Route route : put) {
            wanted.computeIfAbsent(Place.of(route.spec()), _ -> new ArrayList<>(1)).add(route);
            known.add(route.spec().host());
        }
        removed.forEach(spec -> wanted.putIfAbsent(Place.of(spec), List.of()));
        apply(source, wanted);
        removed.stream().map(RouteSpec::host).filter(host -> !state.table.hosts().has(host)).forEach(known::remove);
    }

    private Set<String> hosts(String source) {
        if (!precedence.contains(source)) {
            throw new IllegalArgumentException("cannot publish routes: no source is named '" + source + "'");
        }
        return hosts.computeIfAbsent(source, _ -> new HashSet<>());
    }

    /// @param listener called with each new table on the publishing thread, in order; must be short
    public void onPublish(Consumer<RouteTable> listener) {
        listeners.add(listener);
    }

    /// @param wanted what the source now declares for some requests; nothing where it has no route for them any more
    private void apply(String source, Map<Place, List<Route>> wanted) {
        List<Conflict> before = state.conflicts;
        HostTable.Editor editor = state.table.hosts().edit();
        boolean hides = false;
        for (Map.Entry<Place, List<Route>> each : wanted.entrySet()) {
            hides |= settle(editor, each.getKey(), source, each.getValue());
        }
        var table = new RouteTable(state.table.version() + 1, editor.done());
        backends.sweep();
        State next = new State(table, hides ? conflictsIn(table) : before);
        state = next;
        next.conflicts.stream().filter(conflict -> !before.contains(conflict))
                .forEach(conflict -> LOG.warn("route conflict: {}", conflict));
        listeners.forEach(listener -> listener.accept(next.table));
    }

    /// Decides anew who gets the requests of one place.
    /// @return whether there are, or were, routes that do not get theirs
    private boolean settle(HostTable.Editor editor, Place place, String source, List<Route> routes) {
        RouteEntry old = editor.at(place);
        var all = new ArrayList<Declared>();
        if (old != null) {
            old.all().forEach(entry -> all.add(new Declared(entry.source(), entry.route())));
        }
        List<Declared> losers = hidden.remove(place);
        if (losers != null) {
            all.addAll(losers);
        }
        all.removeIf(each -> each.source.equals(source));
        routes.forEach(route -> all.add(new Declared(source, route)));
        all.sort(Comparator.comparingInt(each -> precedence.indexOf(each.source)));
        List<Declared> winners = winners(all);
        all.removeAll(winners);
        if (!all.isEmpty()) {
            hidden.put(place, List.copyOf(all));
        }
        replace(editor, place, old, winners);
        return losers != null || !all.isEmpty();
    }

    private void replace(HostTable.Editor editor, Place place, @Nullable RouteEntry old, List<Declared> winners) {
        String source = winners.isEmpty() ? "" : winners.getFirst().source;
        List<Route> routes = winners.stream().map(Declared::route).toList();
        if (old != null && old.isOf(routes, source)) {
            return;
        }
        RouteEntry next = routes.isEmpty() ? null : RouteEntry.of(routes, source, backends, old);
        editor.set(place, next);
        if (next != null) {
            backends.hold(next.used());
        }
        if (old != null) {
            backends.release(old.used());
        }
    }

    /// The first, and with it those of its source that have a weight as it has.
    private static List<Declared> winners(List<Declared> all) {
        if (all.size() < 2 || all.getFirst().route.spec().handling().weight().isEmpty()) {
            return all.isEmpty() ? List.of() : List.of(all.getFirst());
        }
        String source = all.getFirst().source;
        return all.stream().filter(each -> each.source.equals(source) && each.route.spec().handling().weight().isPresent()).toList();
    }

    private List<Conflict> conflictsIn(RouteTable table) {
        HostTable.Editor entries = table.hosts().edit();
        var conflicts = new ArrayList<Conflict>();
        hidden.forEach((place, losers) -> Optional.ofNullable(entries.at(place)).ifPresent(
                winner -> losers.forEach(loser -> conflicts.add(Conflict.of(winner, loser.source, loser.route)))));
        conflicts.sort(Comparator.comparing(conflict -> Place.of(conflict.spec).toString()));
        return List.copyOf(conflicts);
    }
}
