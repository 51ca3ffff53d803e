package reeve.serve.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import reeve.model.Address;
import reeve.model.PathKind;
import reeve.model.RouteConditions;
import reeve.model.RouteHandling;
import reeve.model.RouteSpec;

/// The table against a matcher that looks at every route, with random tables that are changed in random steps.
class RouteMatchingTest {
    private static final int SEEDS = 1000;
    private static final List<String> HOSTS =
            List.of("a.org", "b.a.org", "c.b.a.org", "x.org", "*.a.org", "*.b.a.org", "*.org", "*", "localhost");
    private static final List<String> ASKED_HOSTS = List.of("a.org", "A.Org.", "b.a.org", "c.b.a.org", "d.c.b.a.org", "x.org", "y",
            "localhost");
    private static final List<String> PATHS = List.of("/", "/v2", "/v2/", "/v2/a", "/v2/a/b", "/v", "/v2a", "/w");
    private static final List<String> EXPRESSIONS = List.of("/v[0-9]", "/v2/.*", "/v2/[a-z]+", "/(v2|w)", "/.*", "/v2/a/?.*");
    private static final List<String> ASKED_PATHS = List.of("/", "/v2", "/v2/", "/v2example", "/v2/a", "/v2/a/", "/v2/a/b/c", "/v2/ab",
            "/v3",
            "/w", "/w/x", "/V2", "//v2", "/x/../v2/a", "/%76%32", "/v2/./a", "/v2//a", "/v2/b/..", "/w%2Fx", "/..", "*", "");

    private record Question(String method, String host, String path, Map<String, String> fields) {}

    private static <T> T pick(Random random, List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private static RouteSpec spec(Random random) {
        PathKind kind = random.nextInt(3) > 0 ? PathKind.PREFIX : pick(random, List.of(PathKind.EXACT, PathKind.REGEX));
        List<String> methods = random.nextInt(4) == 0 ? List.of(pick(random, List.of("GET", "POST"))) : List.of();
        List<RouteConditions.Header> headers = random.nextInt(4) == 0
                ? List.of(new RouteConditions.Header("x-beta", pick(random, List.of(Optional.empty(), Optional.of("1"))))) : List.of();
        return new RouteSpec(pick(random, HOSTS), pick(random, kind == PathKind.REGEX ? EXPRESSIONS : PATHS), kind,
                new RouteConditions(methods, headers), RouteHandling.PLAIN);
    }

    private static Optional<RouteSpec> naive(List<RouteSpec> routes, Question question) {
        Comparator<RouteSpec> order = Comparator.comparingInt((RouteSpec spec) -> specificity(spec.host()))
                .thenComparingInt(RouteMatchingTest::literal).thenComparingInt(spec -> spec.kind() == PathKind.REGEX ? 1 : 0)
                .thenComparingInt(spec -> spec.kind() == PathKind.REGEX ? spec.path().length() : 0)
                .thenComparing(spec -> spec.kind() == PathKind.REGEX ? spec.path() : "", Comparator.reverseOrder())
                .thenComparingInt(spec -> spec.when().count())
                .thenComparing(spec -> spec.when().toString(), Comparator.reverseOrder());
        return routes.stream().filter(spec -> covers(spec, question)).max(order);
    }

    private static int specificity(String host) {
        return host.equals("*") ? 0 : host.startsWith("*.") ? host.length() : 1000;
    }

    private static int literal(RouteSpec spec) {
        return switch (spec.kind()) {
            case EXACT -> 1000;
            case PREFIX -> stripped(spec.path()).length();
            case REGEX -> switch (spec.path()) {
                case "/v[0-9]" -> 2;
                case "/v2/.*", "/v2/[a-z]+" -> 4;
                case "/(v2|w)" -> 0;
                case "/.*" -> 1;
                default -> 5;
            };
        };
    }

    private static String stripped(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static boolean covers(RouteSpec spec, Question question) {
        String host = question.host.toLowerCase().replaceFirst("\\.$", "");
        boolean hostFits = spec.host().equals("*") || spec.host().equals(host)
                || spec.host().startsWith("*.") && host.endsWith(spec.host().substring(1));
        String path = switch (question.path) {
            case "//v2", "/%76%32" -> "/v2";
            case "/x/../v2/a", "/v2/./a", "/v2//a" -> "/v2/a";
            case "/v2/b/.." -> "/v2/";
            case "/.." -> "/";
            default -> question.path;
        };
        boolean pathFits = switch (spec.kind()) {
            case EXACT -> path.equals(spec.path());
            case PREFIX -> stripped(spec.path()).isEmpty() || path.equals(stripped(spec.path()))
                    || path.startsWith(stripped(spec.path()) + "/");
            case REGEX -> Pattern.matches(spec.path(), path);
        };
        return hostFits && pathFits && (spec.when().methods().isEmpty() || spec.when().methods().contains(question.method))
                && spec.when().headers().stream().allMatch(header -> question.fields.containsKey(header.name())
                && header.value().map(question.fields.get(header.name())::equals).orElse(true));
    }

    @Test
    void randomTablesAgreeWithAMatcherThatLooksAtEveryRoute() {
        for (int seed = 0; seed < SEEDS; seed++) {
            var random = new Random(seed);
            var sources = new RouteSources(List.of("apps"));
            var declared = new ArrayList<RouteSpec>();
            for (int step = 0; step < 4; step++) {
                change(random, sources, declared);
                for (int i = 0; i < 25; i++) {
                    var question = new Question(pick(random, List.of("GET", "POST", "PUT")), pick(random, ASKED_HOSTS),
                            pick(random, ASKED_PATHS), pick(random, List.of(Map.of(), Map.of("x-beta", "1"), Map.of("x-beta", "2"))));
                    Optional<Place> found = sources.table().find(question.method, question.host, question.path, question.fields)
                            .map(entry -> Place.of(entry.route().spec()));
                    assertThat(found).as("seed %d, step %d, %s of %s", seed, step, question, declared)
                            .isEqualTo(naive(declared, question).map(Place::of));
                }
            }
        }
    }

    /// Puts and removes a few routes, or publishes all anew.
    private static void change(Random random, RouteSources sources, List<RouteSpec> declared) {
        var put = new ArrayList<RouteSpec>();
        var removed = new ArrayList<RouteSpec>();
        for (int i = random.nextInt(8); i >= 0; i--) {
            RouteSpec next = spec(random);
            if (put.stream().noneMatch(spec -> Place.of(spec).equals(Place.of(next)))) {
                put.add(next);
            }
        }
        declared.stream().filter(_ -> random.nextInt(3) == 0).forEach(removed::add);
        declared.removeIf(spec -> removed.contains(spec) || put.stream().anyMatch(other -> Place.of(other).equals(Place.of(spec))));
        declared.addAll(put);
        if (random.nextInt(4) == 0) {
            sources.publish("apps", declared.stream().map(RouteMatchingTest::route).toList());
        } else {
            sources.change("apps", put.stream().map(RouteMatchingTest::route).toList(), removed);
        }
        assertThat(sources.table().entries()).hasSameSizeAs(declared);
        assertThat(sources.conflicts()).isEmpty();
    }

    private static Route route(RouteSpec spec) {
        return new Route(spec, new Route.ToExternal(Address.loopback(1)));
    }

    @Test
    void aPlainLookupCreatesNothing() {
        var sources = new RouteSources(List.of("apps"));
        var specs = List.of(new RouteSpec("a.org", "/"), new RouteSpec("a.org", "/v2"), new RouteSpec("*.b.org", "/"), new RouteSpec("*",
                "/"));
        sources.publish("apps", specs.stream().map(RouteMatchingTest::route).toList());
        byte[] bytes = "x.b.orga.org/v2/x".getBytes(StandardCharsets.US_ASCII);
        var request = new RouteRequest((_, _) -> false);
        RouteTable table = sources.table();
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        int found = lookUp(table, request, bytes, 20_000);
        long before = threads.getCurrentThreadAllocatedBytes();
        found += lookUp(table, request, bytes, 20_000);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(20_000);
        assertThat(found).isEqualTo(80_000);
    }

    private static int lookUp(RouteTable table, RouteRequest request, byte[] bytes, int times) {
        int found = 0;
        for (int i = 0; i < times; i++) {
            found += table.match(request.at(bytes, 7, 12, 12, 17)) == null ? 0 : 1;
            found += table.match(request.at(bytes, 0, 7, 12, 17)) == null ? 0 : 1;
        }
        return found;
    }
}
