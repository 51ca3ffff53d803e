package reeve.serve.route;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reeve.model.Address;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.RouteSpec;
import reeve.model.ServiceId;

/// All routes at one moment. Immutable; read by the data plane without a lock, and without creating a string.
///
/// A request goes to the exact host, else to the longest `*.suffix`, else to `*`; there to the longest path prefix of
/// whole segments. Where no path of a host matches, the next less specific host is asked. Hosts are compared without
/// regard to case, port and one final dot; paths byte by byte, as they are forwarded.
public final class RouteTable {
    private final long version;
    private final List<RouteEntry> entries;
    private final HostTable hosts = new HostTable();

    /// @param entries no two with the same host and path
    RouteTable(long version, List<RouteEntry> entries) {
        this.version = version;
        this.entries = List.copyOf(entries);
        entries.forEach(hosts::put);
    }

    /// Grows by one with each publication.
    public long version() {
        return version;
    }

    /// In no order.
    public List<RouteEntry> entries() {
        return entries;
    }

    /// @param hostFrom start of the host, in any case
    /// @param hostTo   its end, before the port; equal to `hostFrom` where a request has no host
    /// @param pathTo   end of the path, before the `?`
    /// @return null where no route matches
    public @Nullable RouteEntry match(byte[] bytes, int hostFrom, int hostTo, int pathFrom, int pathTo) {
        int to = hostTo > hostFrom && bytes[hostTo - 1] == '.' ? hostTo - 1 : hostTo;
        return hosts.match(bytes, hostFrom, to, pathFrom, pathTo);
    }

    /// [#match] for people's questions.
    /// @param host without port
    /// @param path without query
    public Optional<RouteEntry> find(String host, String path) {
        byte[] bytes = (host + path).getBytes(StandardCharsets.ISO_8859_1);
        return Optional.ofNullable(match(bytes, 0, host.length(), host.length(), bytes.length));
    }

    /// All routes that cover a request: first the one that takes it, then whichever would in its absence. For people's questions.
    /// @param host without port
    /// @param path without query
    /// @param most not more of them than this
    public List<RouteEntry> covering(String host, String path, int most) {
        var covering = new ArrayList<RouteEntry>();
        var others = new ArrayList<>(entries);
        Optional<RouteEntry> next = find(host, path);
        while (next.isPresent() && covering.size() < most) {
            covering.add(next.get());
            others.remove(next.get());
            next = new RouteTable(version, others).find(host, path);
        }
        return covering;
    }

    /// A route as people see it.
    /// @param service empty for an external backend
    public record View(RouteSpec spec, Optional<ServiceId> service, String source, List<TargetView> targets) {}

    /// @param instance empty for an external backend, as is `state`
    public record TargetView(Address address, Optional<InstanceId> instance, Optional<InstanceState> state, int inFlight, int weight) {}

    /// All routes with their targets and what these are doing now, by host and path.
    public List<View> views() {
        return entries.stream()
                .map(RouteTable::view)
                .sorted(Comparator.comparing((View v) -> v.spec.host()).thenComparing(v -> v.spec.path()))
                .toList();
    }

    /// One route with its targets and what these are doing now.
    public static View view(RouteEntry entry) {
        Route route = entry.route();
        return switch (route.destination()) {
            case Route.ToExternal(Address address) -> new View(route.spec(), Optional.empty(), entry.source(),
                    List.of(new TargetView(address, Optional.empty(), Optional.empty(), entry.backends().getFirst().inFlight(), 1)));
            case Route.ToService service ->
                    new View(route.spec(), Optional.of(service.service()), entry.source(), targets(service, entry.backends()));
        };
    }

    private static List<TargetView> targets(Route.ToService service, List<Backend> backends) {
        var targets = new ArrayList<TargetView>();
        for (int i = 0; i < backends.size(); i++) {
            Route.Target target = service.targets().get(i);
            targets.add(new TargetView(target.address(), Optional.of(target.instance()), Optional.of(target.state()), backends.get(i)
                    .inFlight(), target.weight()));
        }
        return targets;
    }
}
