package reeve.serve.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.model.Address;
import reeve.model.PathKind;
import reeve.model.RouteConditions;
import reeve.model.RouteHandling;
import reeve.model.RouteHandling.AmbiguousPaths;
import reeve.model.RouteHandling.PathChange;
import reeve.model.RouteSpec;

class NormalPathTest {
    private static boolean ambiguous(String path) {
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        var normal = new NormalPath();
        normal.read(bytes, 0, bytes.length);
        return normal.ambiguous();
    }

    @ParameterizedTest
    @CsvSource({"/, /", "/a/b, /a/b", "/a/, /a/", "//a, /a", "/a///b, /a/b", "/a//, /a/", "/./a, /a", "/a/., /a/", "/a/.., /",
            "/a/b/../c, /a/c",
            "/%61, /a", "/%7e, /~", "/%3a, /:", "/a%2fb, /a%2Fb", "/%C3%a9, /%C3%A9", "/%2561, /%2561", "/%3F, /%3F", "/..., /...",
            "/.well-known/x, /.well-known/x", "/a/..b, /a/..b", "/../a, /a", "/%2e%2E/a, /a", "/a%, /a%", "/%zz, /%zz"})
    void aPathHasOneNormalForm(String path, String normal) {
        assertThat(new String(NormalPath.of(path), StandardCharsets.US_ASCII)).isEqualTo(normal);
        assertThat(new String(NormalPath.of(normal), StandardCharsets.US_ASCII)).as("once is enough").isEqualTo(normal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a%2Fb", "/a%2fb", "/a%5Cb", "/a%00", "/%0d%0aX", "/a\\b", "/..", "/../a", "/a/../../b", "/%2e%2e/a",
            "/a/.%2e", "/%2e/a",
            "/a;b=c", "/a/..;/b", "/a%", "/a%4", "/%zz", "/a//../b"})
    void aPathThatTwoProgramsReadDifferentlyIsAmbiguous(String path) {
        assertThat(ambiguous(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a/../b", "/a/./b", "//a", "/%61", "/%20", "/%C3%A9", "/a%25", "/a:b@c", "/.well-known"})
    void otherPathsAreNot(String path) {
        assertThat(ambiguous(path)).isFalse();
    }

    private static String forwarded(RouteSpec spec, String path) {
        var sources = new RouteSources(List.of("apps"));
        sources.publish("apps", List.of(new Route(spec, new Route.ToExternal(Address.loopback(1)))));
        RouteRequest request = RouteRequest.of("GET", "a", path, Map.of());
        RouteEntry entry = sources.table().match(request);
        byte[] made = entry == null ? null : request.forwardedPath(entry);
        return entry == null ? "none" : made == null ? "as it came" : new String(made, StandardCharsets.ISO_8859_1);
    }

    private static RouteSpec changing(String path, PathKind kind, PathChange change) {
        return new RouteSpec("a", path, kind, RouteConditions.NONE, new RouteHandling(change, AmbiguousPaths.PASS, Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({"/api/x, /x", "/api, /", "/api/, /", "/%61pi/x, /x", "/api/%61%2Fb, /%61%2Fb", "//api/x//y, /x//y", "/api//x, /x",
            "/x/../api/y, /y",
            "/api/x/.., /", "/api/x/../y, /y", "/api/../api/../api/z, /z", "/apix, none", "/api/../x, none"})
    void aPrefixIsTakenOffAndTheRestStaysAsItWasSent(String path, String expected) {
        assertThat(forwarded(changing("/api", PathKind.PREFIX, new PathChange.StripPrefix()), path)).isEqualTo(expected);
    }

    @Test
    void aRewriteTakesThePlaceOfWhatMatched() {
        assertThat(forwarded(changing("/api", PathKind.PREFIX, new PathChange.Rewrite("/v2")), "/api/%41?")).isEqualTo("/v2/%41?");
        assertThat(forwarded(changing("/api", PathKind.PREFIX, new PathChange.Rewrite("/")), "/api/x")).isEqualTo("/x");
        assertThat(forwarded(changing("/", PathKind.PREFIX, new PathChange.Rewrite("/sub")), "/x")).isEqualTo("/sub/x");
        assertThat(forwarded(changing("/a", PathKind.EXACT, new PathChange.Rewrite("/b")), "/a")).isEqualTo("/b");
        var expression = changing("/u/([a-z]+)/(.*)", PathKind.REGEX, new PathChange.Rewrite("/{2}/{1}{3}"));
        assertThat(forwarded(expression, "/u/joe/x/y")).isEqualTo("/x/y/joe");
        assertThat(forwarded(changing("/x(.*)", PathKind.REGEX, new PathChange.Rewrite("/{1}")), "/x/evil.org")).as("no host")
                .isEqualTo("/evil.org");
        assertThat(forwarded(new RouteSpec("a", "/api"), "/%61pi//x")).isEqualTo("as it came");
    }
}
