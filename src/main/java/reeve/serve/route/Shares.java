package reeve.serve.route;

import java.util.List;
import org.jspecify.annotations.Nullable;
import reeve.model.ServiceId;

/// Routes for the same requests, each with its weight.
/// @param open those that a request may be given to: all, but for those whose service is out of service while another's is not
record Shares(List<RouteEntry> all, List<RouteEntry> open, int totalWeight) {

    static Shares of(List<RouteEntry> all) {
        List<RouteEntry> open = all.stream().filter(entry -> weight(entry) > 0 && !isDown(entry)).toList();
        List<RouteEntry> chosen = open.isEmpty() ? List.of(all.getFirst()) : open;
        return new Shares(all, chosen, chosen.stream().mapToInt(Shares::weight).sum());
    }

    private static int weight(RouteEntry entry) {
        return entry.route().spec().handling().weight().orElse(1);
    }

    private static boolean isDown(RouteEntry entry) {
        return entry.route().destination() instanceof Route.ToService service
                && !service.availability().serves();
    }

    /// Pure.
    /// @param random 0 inclusive to 1 exclusive
    RouteEntry choose(double random, @Nullable ServiceId waitedFor) {
        if (waitedFor != null) {
            for (RouteEntry entry : open) {
                if (entry.route().destination() instanceof Route.ToService service && service.service().equals(waitedFor)) {
                    return entry;
                }
            }
        }
        double left = random * totalWeight;
        for (RouteEntry entry : open) {
            left -= weight(entry);
            if (left < 0) {
                return entry;
            }
        }
        return open.getLast();
    }
}
