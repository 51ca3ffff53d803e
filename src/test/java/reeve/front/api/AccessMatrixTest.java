package reeve.front.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.http.Head;
import reeve.base.http.HttpAnswer;
import reeve.base.http.HttpRequest;
import reeve.base.http.Peer;
import reeve.model.wire.WireJson;
import reeve.testing.FakeNode;
import reeve.testing.Specs;
import reeve.testing.VirtualTime;

/// Every verb of the table against everyone who may come along: who gets through, and that nobody else changes anything.
final class AccessMatrixTest {
    private static final String TOKEN = "right-token";
    private static final String METRICS_TOKEN = "metrics-token";
    private static final String OWN = "Host";

    @TempDir
    Path folder;

    private FakeNode node;
    private Api api;

    @BeforeEach
    void makeNode() {
        node = new FakeNode(folder);
        node.apply(Specs.source("wiki"), Specs.app("wiki", Specs.service("web").routed("wiki.localhost")));
        node.acts.clear();
        Guard guard = new Guard(TOKEN::equals, METRICS_TOKEN::equals, user -> user.getName().equals("owner"), Set.of("node.example.org"));
        api = new Api(node.parts(new VirtualTime()), guard);
    }

    /// @param open what an OPEN verb answers him, and so on; 0: it gets through, whatever is then answered
    private record Visitor(String who, Peer peer, Map<String, String> headers, int open, int page, int reads, int writes) {}

    private static List<Visitor> visitors() {
        Map<String, String> bearer = Map.of(OWN, "127.0.0.1:9180", "Authorization", "Bearer " + TOKEN);
        return List.of(
                new Visitor("this machine without token", local(), Map.of(OWN, "127.0.0.1:9180"), 0, 0, 401, 401),
                new Visitor("this machine by localhost", local(), Map.of(OWN, "localhost:9180"), 0, 0, 401, 401),
                new Visitor("this machine with a wrong token", local(), Map.of(OWN, "127.0.0.1", "Authorization", "Bearer wrong"), 0, 0,
                        401, 401),
                new Visitor("this machine with the token", local(), bearer, 0, 0, 0, 0),
                new Visitor("this machine with the token for metrics", local(),
                        Map.of(OWN, "127.0.0.1", "Authorization", "Bearer " + METRICS_TOKEN), 0, 0, 401, 401),
                new Visitor("this machine with the token as basic password", local(),
                        Map.of(OWN, "127.0.0.1", "Authorization", "Basic " + TOKEN), 0, 0, 401, 401),
                new Visitor("this machine with the page's cookie", local(),
                        Map.of(OWN, "127.0.0.1", "Cookie", "a=b; reeve_token=" + TOKEN), 0, 0, 0, 401),
                new Visitor("this machine with a wrong cookie", local(), Map.of(OWN, "127.0.0.1", "Cookie", "reeve_token=x"), 0, 0, 401,
                        401),
                new Visitor("a page of another site", local(), with(bearer, "Origin", "http://evil.example"), 0, 403, 403, 403),
                new Visitor("a page of another port", local(), with(bearer, "Origin", "http://127.0.0.1:8080"), 0, 403, 403, 403),
                new Visitor("a sandboxed page", local(), with(bearer, "Origin", "null"), 0, 403, 403, 403),
                new Visitor("the own page", local(), with(bearer, "Origin", "http://127.0.0.1:9180"), 0, 0, 0, 0),
                new Visitor("a rebound name", local(), with(bearer, OWN, "evil.example:9180"), 0, 403, 403, 403),
                new Visitor("a name that only starts like ours", local(), with(bearer, OWN, "localhost.evil.example"), 0, 403, 403, 403),
                new Visitor("no host", local(), with(bearer, OWN, ""), 0, 403, 403, 403),
                new Visitor("a proxy on this machine", local(), Map.of(OWN, "127.0.0.1", "X-Forwarded-For", "192.0.2.1"), 0, 401, 401, 401),
                new Visitor("another machine without token", remote(), Map.of(OWN, "192.0.2.7:9180"), 0, 401, 401, 401),
                new Visitor("another machine that claims to ask for localhost", remote(), Map.of(OWN, "localhost"), 0, 401, 401, 401),
                new Visitor("another machine with the token", remote(), with(bearer, OWN, "node.example.org:9180"), 0, 0, 0, 0),
                new Visitor("the owner on the socket", new Peer.Unix(user("owner")), Map.of(OWN, "localhost"), 0, 0, 0, 0),
                new Visitor("the owner's browser, somehow on the socket", new Peer.Unix(user("owner")),
                        Map.of(OWN, "localhost", "Origin", "http://evil.example"), 0, 403, 403, 403),
                new Visitor("another user on the socket", new Peer.Unix(user("other")),
                        Map.of(OWN, "localhost", "Authorization", "Bearer " + TOKEN), 0, 403, 403, 403));
    }

    @TestFactory
    @DisplayName("PROMISE-18: every verb against every visitor, and nothing changes for those who are refused")
    Stream<DynamicTest> everyVerbAgainstEveryVisitor() {
        return ApiTable.verbs(node.parts(new VirtualTime()), WireJson.strict()).stream()
                .flatMap(verb -> visitors().stream()
                        .map(visitor -> dynamicTest(verb.method() + " " + verb.path() + " by " + visitor.who(), () -> {
                    makeNode();
                    check(verb, visitor);
                })));
    }

    private void check(ApiVerb verb, Visitor visitor) {
        int expected = switch (verb.access()) {
            case OPEN -> visitor.open();
            case PAGE -> visitor.page();
            case METRICS -> visitor.headers().getOrDefault("Authorization", "").endsWith(METRICS_TOKEN) ? 0 : visitor.reads();
            case OWNER -> verb.writes() ? visitor.writes() : visitor.reads();
        };
        HttpAnswer answer = api.handle(
                request(verb.method(), verb.path().replace("{app}", "wiki"), visitor.peer(), visitor.headers(), "application/json"));
        if (expected == 0) {
            assertThat(answer.status()).isNotIn(401, 403, 415);
        } else {
            assertThat(answer.status()).isEqualTo(expected);
            assertThat(node.acts).isEmpty();
            assertThat(node.shutdown).isFalse();
        }
    }

    @TestFactory
    @DisplayName("PROMISE-18, class 6: whatever a form can send changes nothing")
    Stream<DynamicTest> nothingButJsonIsTakenForAWrite() {
        return ApiTable.verbs(node.parts(new VirtualTime()), WireJson.strict()).stream()
                .filter(ApiVerb::writes)
                .flatMap(verb -> Stream.of("", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
                        "application/jsonx", "text/json")
                        .map(type -> dynamicTest(verb.path() + " as '" + type + "'", () -> {
                            makeNode();
                            var owner = new Peer.Unix(user("owner"));
                            var answer = api.handle(
                                    request(verb.method(), verb.path().replace("{app}", "wiki"), owner, Map.of(OWN, "localhost"), type));
                            assertThat(answer.status()).isEqualTo(415);
                            assertThat(node.acts).isEmpty();
                            assertThat(node.shutdown).isFalse();
                        })));
    }

    @TestFactory
    @DisplayName("PROMISE-18, class 7: other spellings of a path are other paths, and those need the token")
    Stream<DynamicTest> otherSpellingsOfAPathLeadNowhere() {
        return Stream.of("/v1/instances/", "//v1/instances", "/v1//instances", "/V1/instances", "/v1/%69nstances",
                "/healthz/../v1/instances", "/v1/instances;x",
                        "/healthz/", "/%68ealthz", "/v1/apps/wiki%2Fweb/logs", "/v1/apps/../instances", "*")
                .map(path -> dynamicTest(path, () -> {
                    assertThat(api.handle(request("GET", path, local(), Map.of(OWN, "127.0.0.1"), "")).status()).isEqualTo(401);
                    assertThat(api.handle(request("GET", path, new Peer.Unix(user("owner")), Map.of(OWN, "localhost"), "")).status())
                            .isIn(400, 404);
                }));
    }

    @Test
    void anotherMethodIsToldWhatIsAllowed() {
        var owner = new Peer.Unix(user("owner"));
        var answer = api.handle(request("DELETE", "/v1/instances", owner, Map.of(OWN, "localhost"), "application/json"));
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.headers()).contains(new Head.Header("Allow", "GET"));
    }

    @Test
    void theTokenInTheAddressIsTradedForACookie() {
        var headers = List.of(new Head.Header(OWN, "192.0.2.7:9180"));
        var visit = new HttpRequest("GET", "/", "token=" + TOKEN, "192.0.2.7", headers, new byte[0], remote());
        HttpAnswer answer = api.handle(visit);
        assertThat(answer.status()).isEqualTo(303);
        assertThat(answer.headers()).contains(
                new Head.Header("Location", "/"),
                        new Head.Header("Set-Cookie", "reeve_token=" + TOKEN + "; Path=/; HttpOnly; SameSite=Strict"));
        var wrong = new HttpRequest("GET", "/", "token=wrong", "192.0.2.7", headers, new byte[0], remote());
        assertThat(api.handle(wrong).status()).isEqualTo(401);
    }

    @Test
    void theTokenInTheAddressOpensNothingButThePage() {
        var headers = List.of(new Head.Header(OWN, "127.0.0.1"));
        var visit = new HttpRequest("GET", "/v1/instances", "token=" + TOKEN, "127.0.0.1", headers, new byte[0], local());
        assertThat(api.handle(visit).status()).isEqualTo(401);
    }

    private static HttpRequest request(String method, String path, Peer peer, Map<String, String> headers, String type) {
        var all = new ArrayList<Head.Header>();
        headers.forEach((name, value) -> all.add(new Head.Header(name, value)));
        if (!type.isEmpty()) {
            all.add(new Head.Header("Content-Type", type));
        }
        String host = headers.getOrDefault(OWN, "").replaceAll(":[0-9]+$", "");
        return new HttpRequest(method, path, "", host, all, method.equals("GET") ? new byte[0] : "{}".getBytes(StandardCharsets.UTF_8),
                peer);
    }

    private static Map<String, String> with(Map<String, String> headers, String name, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return more;
    }

    private static Peer.Tcp local() {
        return new Peer.Tcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000));
    }

    private static Peer.Tcp remote() {
        try {
            return new Peer.Tcp(new InetSocketAddress(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}), 50_000));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static UserPrincipal user(String name) {
        return new UserPrincipal() {
            @Override
            public String getName() {
                return name;
            }
        };
    }
}
