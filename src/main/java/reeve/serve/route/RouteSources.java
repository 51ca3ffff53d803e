package reeve.serve.route;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.model.InstanceId;
import reeve.model.RouteSpec;

/// Merges what named sources declare into one [RouteTable], and alone publishes it. Where two declare the same host and
/// path, the source named earlier wins, within a source the route listed earlier; the loser is reported, not forgotten: it
/// takes over when the winner goes. Any thread; publications come one after the other.
public final class RouteSources {
    private static final Logger LOG = LoggerFactory.getLogger(RouteSources.class);

    private final List<String> precedence;
    private final Map<String, List<Route>> declared = new HashMap<>();
    private final Backends backends = new Backends();
    private final List<Consumer<RouteTable>> listeners = new CopyOnWriteArrayList<>();
    private volatile State state = new State(new RouteTable(0, List.of()), List.of());

    private record State(RouteTable table, List<Conflict> conflicts) {}

    /// Two routes for the same host and path.
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
            };
        }
    }

    /// @param precedence names of all sources, the strongest first
    public RouteSources(List<String> precedence) {
        this.precedence = List.copyOf(precedence);
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

    /// Replaces all routes of one source. When this returns, every new request sees them.
    /// @throws IllegalArgumentException for a source that was not named at the start
    public synchronized void publish(String source, List<Route> routes) {
        if (!precedence.contains(source)) {
            throw new IllegalArgumentException("cannot publish routes: no source is named '" + source + "'");
        }
        declared.put(source, List.copyOf(routes));
        List<Conflict> before = state.conflicts;
        State next = merge(state.table.version() + 1);
        state = next;
        next.conflicts.stream().filter(c -> !before.contains(c)).forEach(c -> LOG.warn("route conflict: {}", c));
        listeners.forEach(listener -> listener.accept(next.table));
    }

    /// @param listener called with each new table on the publishing thread, in order; must be short
    public void onPublish(Consumer<RouteTable> listener) {
        listeners.add(listener);
    }

    private State merge(long version) {
        var entries = new LinkedHashMap<Place, RouteEntry>();
        var conflicts = new ArrayList<Conflict>();
        for (String source : precedence) {
            for (Route route : declared.getOrDefault(source, List.of())) {
                RouteEntry entry = RouteEntry.of(route, source, backends);
                RouteEntry winner = entries.putIfAbsent(Place.of(route.spec()), entry);
                if (winner != null) {
                    conflicts.add(Conflict.of(winner, source, route));
                }
            }
        }
        var table = new RouteTable(version, List.copyOf(entries.values()));
        backends.keep(used(entries));
        return new State(table, List.copyOf(conflicts));
    }

    private static Set<Backend> used(Map<Place, RouteEntry> entries) {
        Set<Backend> used = Collections.newSetFromMap(new IdentityHashMap<>());
        entries.values().forEach(entry -> used.addAll(entry.backends()));
        return used;
    }

    /// What makes two routes the same: `/a` and `/a/` are.
    private record Place(String host, String path) {
        static Place of(RouteSpec spec) {
            String path = spec.path();
            return new Place(spec.host(), path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
        }
    }
}
