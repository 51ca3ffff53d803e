package reeve.serve.route;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import reeve.model.Address;
import reeve.model.FileRoot;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.Redirect;
import reeve.model.RouteSpec;
import reeve.model.ServiceId;

/// All routes at one moment. Immutable; read by the data plane without a lock, and without creating anything for routes that
/// ask for no more than a host and a prefix. The next table shares with it all hosts that do not change.
///
/// A request goes to the exact host, else to the longest `*.suffix`, else to `*`. There the exact path comes first, then
/// whichever says more of the path's beginning, of the prefixes of whole segments and the regular expressions. Of routes for the
/// same path the one with more conditions comes first. Where no route of a host takes it, the next less specific host is
/// asked. Hosts are compared without regard to case, port and one final dot; paths in their normal form ([NormalPath]).
public final class RouteTable {
    static final RouteTable EMPTY = new RouteTable(0, HostTable.EMPTY);

    private final long version;
    private final HostTable hosts;

    RouteTable(long version, HostTable hosts) {
        this.version = version;
        this.hosts = hosts;
    }

    HostTable hosts() {
        return hosts;
    }

    /// Grows by one with each publication.
    public long version() {
        return version;
    }

    public boolean isEmpty() {
        return hosts.isEmpty();
    }

    /// In no order. For people's questions.
    public List<RouteEntry> entries() {
        var entries = new ArrayList<RouteEntry>();
        hosts.forEach(entry -> entries.addAll(entry.all()));
        return entries;
    }

    /// @return null where no route matches
    public @Nullable RouteEntry match(RouteRequest request) {
        return hosts.match(request);
    }

    /// What takes a `GET` without header fields. For people's questions.
    /// @param host without port
    /// @param path without query
    public Optional<RouteEntry> find(String host, String path) {
        return find("GET", host, path, Map.of());
    }

    /// [#match] for people's questions.
    /// @param fields names in lower case
    public Optional<RouteEntry> find(String method, String host, String path, Map<String, String> fields) {
        return Optional.ofNullable(match(RouteRequest.of(method, host, path, fields)));
    }

    /// A route that covers a request's host and path.
    /// @param accepts whether the request also meets its conditions
    /// @param refuses whether it would refuse the path as ambiguous
    public record Covering(RouteEntry entry, boolean accepts, boolean refuses) {}

    /// All routes that cover a `GET` without header fields, in the order in which they would take it. For people's questions.
    /// @param host without port
    /// @param path without query
    /// @param most not more of them than this
    public List<Covering> covering(String host, String path, int most) {
        RouteRequest request = RouteRequest.of("GET", host, path, Map.of());
        var found = new ArrayList<RouteEntry>();
        hosts.covering(request, entry -> found.addAll(entry.all()));
        return found.stream().limit(most)
                .map(entry -> new Covering(entry, entry.accepts(request), refuses(request, entry))).toList();
    }

    /// As it would be if this route took it.
    private boolean refuses(RouteRequest request, RouteEntry entry) {
        return match(request.again()) != null && request.isTooAmbiguousFor(entry);
    }

    /// A route as people see it.
    /// @param service empty for an external backend and a redirect
    /// @param target  where it leads, in a word
    public record View(RouteSpec spec, Optional<ServiceId> service, String target, String source, List<TargetView> targets) {}

    /// @param instance empty for an external backend, as is `state`
    /// @param ejected  until when it gets no requests because it failed them, as a reading of [reeve.base.Time#nanos]; empty for most
    public record TargetView(Address address, Optional<InstanceId> instance, Optional<InstanceState> state, int inFlight, int weight,
            OptionalLong ejected) {
        /// How much longer it gets no requests because it failed them; zero where it does.
        public Duration ejected(long now) {
            return ejected.isPresent() && ejected.getAsLong() - now > 0 ? Duration.ofNanos(ejected.getAsLong() - now) : Duration.ZERO;
        }
    }

    /// All routes with their targets and what these are doing now, by host and path.
    public List<View> views() {
        return entries().stream()
                .map(RouteTable::view)
                .sorted(Comparator.comparing((View v) -> v.spec.host()).thenComparing(v -> v.spec.path())
                        .thenComparing(v -> v.spec.what()))
                .toList();
    }

    /// One route with its targets and what these are doing now.
    public static View view(RouteEntry entry) {
        Route route = entry.route();
        return switch (route.destination()) {
            case Route.ToExternal(Address address) -> new View(route.spec(), Optional.empty(), address.toString(), entry.source(),
                    List.of(new TargetView(address, Optional.empty(), Optional.empty(), entry.backends().getFirst().inFlight(), 1,
                            OptionalLong.empty())));
            case Route.ToFiles(FileRoot root) -> new View(route.spec(), Optional.empty(), "files " + root, entry.source(), List.of());
            case Route.ToRedirect(Redirect redirect) -> new View(route.spec(), Optional.empty(), "redirect " + redirect, entry.source(),
                    List.of());
            case Route.ToService service ->
                    new View(route.spec(), Optional.of(service.service()), service.service().toString(), entry.source(),
                            targets(service, entry.backends()));
        };
    }

    private static List<TargetView> targets(Route.ToService service, List<Backend> backends) {
        var targets = new ArrayList<TargetView>();
        for (int i = 0; i < backends.size(); i++) {
            Route.Target target = service.targets().get(i);
            Standing standing = backends.get(i).standing();
            targets.add(new TargetView(target.address(), Optional.of(target.instance()), Optional.of(target.state()),
                    backends.get(i).inFlight(), target.weight(),
                    standing.spells() == 0 ? OptionalLong.empty() : OptionalLong.of(standing.until())));
        }
        return targets;
    }
}
