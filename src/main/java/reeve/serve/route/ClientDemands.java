package reeve.serve.route;

import java.util.LinkedHashSet;
import java.util.Set;
import reeve.model.RouteTls;

/// What the routes of a host ask clients to prove.
/// @param all        each of which some route asks
/// @param everywhere whether there is no route at all that a client without a certificate may use
public record ClientDemands(Set<RouteTls.ClientAuth> all, boolean everywhere) {
    /// Nobody asks for anything.
    public static final ClientDemands NONE = new ClientDemands(Set.of(), false);

    public ClientDemands {
        all = Set.copyOf(all);
    }

    /// Of routes that follow each other: what the first do not take is left to the others.
    ClientDemands and(ClientDemands others) {
        if (all.isEmpty() && others.all.isEmpty()) {
            return NONE;
        }
        var both = new LinkedHashSet<>(all);
        both.addAll(others.all);
        return new ClientDemands(both, everywhere && others.everywhere);
    }

    static ClientDemands of(Iterable<RouteEntry> entries) {
        var all = new LinkedHashSet<RouteTls.ClientAuth>();
        boolean everywhere = true;
        for (RouteEntry entry : entries) {
            EntryTls tls = entry.tls();
            RouteTls.ClientAuth auth = tls == null ? null : tls.clientAuth();
            everywhere &= auth != null && auth.required();
            if (auth != null) {
                all.add(auth);
            }
        }
        return all.isEmpty() ? NONE : new ClientDemands(all, everywhere);
    }
}
