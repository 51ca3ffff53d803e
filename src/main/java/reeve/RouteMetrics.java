package reeve;

import reeve.base.Gauges;
import reeve.serve.proxy.RouteCounts;

/// Shows what the proxy counts by route.
final class RouteMetrics {
    private RouteMetrics() {}

    static void show(Gauges gauges, RouteCounts routes) {
        gauges.show(NodeMetrics.ROUTE_REQUESTS, values -> routes.visit(new RouteCounts.Visitor() {
            @Override
            public void requests(String route, String statusClass, long number) {
                values.put(number, route, statusClass);
            }
        }));
        gauges.show(NodeMetrics.ROUTE_BYTES, values -> routes.visit(new RouteCounts.Visitor() {
            @Override
            public void bytes(String route, long number) {
                values.put(number, route);
            }
        }));
        gauges.showSpread(NodeMetrics.ROUTE_SECONDS, buckets -> routes.visit(new RouteCounts.Visitor() {
            @Override
            public void durations(String route, double[] bounds, long[] counts, double seconds) {
                buckets.put(bounds, counts, seconds, route);
            }
        }));
    }
}
