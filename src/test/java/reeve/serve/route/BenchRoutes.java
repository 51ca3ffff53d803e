package reeve.serve.route;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import reeve.model.Address;
import reeve.model.RouteSpec;

/// A large route table, for `bench/routes`: ROUTES hosts|paths. Prints what it takes to hold, to ask and to change it; times are
/// those of its thread on the CPU, so that other work of the machine does not count.
final class BenchRoutes {
    private static final int ROUNDS = 5;
    private static final int LOOKUPS = 1_000_000;

    private BenchRoutes() {}

    public static void main(String[] args) {
        int count = Integer.parseInt(args[0]);
        boolean hosts = args[1].equals("hosts");
        IntFunction<RouteSpec> spec = i -> hosts ? new RouteSpec("tool-" + i + ".example.org", "/") : new RouteSpec("*", "/tool-" + i);
        var sources = new RouteSources(List.of("bench"));
        var backends = new Route.ToExternal[1000];
        Arrays.setAll(backends, i -> new Route.ToExternal(Address.loopback(10_000 + i)));
        long empty = used();
        var routes = new ArrayList<Route>(count);
        for (int i = 0; i < count; i++) {
            routes.add(new Route(spec.apply(i), backends[i % backends.length]));
        }
        long declared = used();
        long begun = cpu();
        sources.publish("bench", routes);
        long published = cpu() - begun;
        long whole = used();
        System.out.printf("%d routes by %s: declared %d B each, with their table %d B each, first publication %d ms%n", count, args[1],
                (declared - empty) / count, (whole - empty) / count, published / 1_000_000);
        System.out.printf("lookup %d ns%n", median(round -> lookups(sources.table(), count, hosts, round)));
        System.out.printf("change of one route %d us, median; %d us at worst of %d%n", changes(sources, spec, backends, count)[0] / 1000,
                changes(sources, spec, backends, count)[1] / 1000, 1000);
        begun = cpu();
        sources.publish("bench", routes);
        System.out.printf("publication of all, nothing changed: %d ms%n", (cpu() - begun) / 1_000_000);
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static long median(IntFunction<Long> round) {
        var all = new long[ROUNDS];
        Arrays.setAll(all, round::apply);
        Arrays.sort(all);
        return all[ROUNDS / 2];
    }

    private static long lookups(RouteTable table, int count, boolean hosts, int seed) {
        var random = new Random(seed);
        var requests = new byte[4096][];
        for (int i = 0; i < requests.length; i++) {
            String name = "tool-" + random.nextInt(count);
            requests[i] = (hosts ? name + ".example.org/wiki/Main_Page" : "tools.example.org/" + name + "/page")
                    .getBytes(StandardCharsets.US_ASCII);
        }
        var request = new RouteRequest((_, _) -> false);
        long begun = cpu();
        int found = 0;
        for (int i = 0; i < LOOKUPS; i++) {
            byte[] bytes = requests[i & requests.length - 1];
            int slash = slash(bytes);
            found += table.match(request.at(bytes, 0, slash, slash, bytes.length)) == null ? 0 : 1;
        }
        if (found != LOOKUPS) {
            throw new AssertionError("found " + found);
        }
        return (cpu() - begun) / LOOKUPS;
    }

    private static int slash(byte[] bytes) {
        int at = 0;
        while (bytes[at] != '/') {
            at++;
        }
        return at;
    }

    /// @return median and longest
    private static long[] changes(RouteSources sources, IntFunction<RouteSpec> spec, Route.ToExternal[] backends, int count) {
        var random = new Random(1);
        var all = new long[1000];
        for (int i = 0; i < all.length; i++) {
            var route = new Route(spec.apply(random.nextInt(count)), backends[random.nextInt(backends.length)]);
            long begun = cpu();
            sources.change("bench", List.of(route), List.of());
            all[i] = cpu() - begun;
        }
        Arrays.sort(all);
        return new long[] {all[all.length / 2], all[all.length - 1]};
    }
}
