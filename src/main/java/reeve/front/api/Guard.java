package reeve.front.api;

import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import reeve.base.http.Head;
import reeve.base.http.HttpRequest;
import reeve.base.http.Peer;

/// Who may do what. Pure but for the token's comparison; any thread.
///
/// | | unix socket | TCP |
/// |---|---|---|
/// | `OPEN` | anyone | anyone |
/// | `PAGE` | the owner, root | whoever is on this machine and asks for it by a loopback name; else the token |
/// | `METRICS` | the owner, root | the token, or that for metrics, as `Authorization: Bearer` |
/// | `OWNER` | the owner, root | the token, as `Authorization: Bearer`; for reading also as the page's cookie |
///
/// But for `OPEN`: an `Origin` other than the listener's own is refused, so that no page of another site can use a browser;
/// and over TCP a `Host` that is neither an address nor a name of this node, so that no foreign name can be pointed here
/// (DNS rebinding). What changes something must come as JSON, which no form can send.
public final class Guard {
    static final String COOKIE = "reeve_token";
    private static final List<String> SIGNS_OF_A_PROXY = List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via");

    private final Predicate<String> token;
    private final Predicate<String> metricsToken;
    private final Predicate<UserPrincipal> owner;
    private final Set<String> names;

    /// What the guard says.
    sealed interface Verdict {
        record Allowed() implements Verdict {}

        /// @param status 401 where a token would help, 403 where nothing would, 415
        record Refused(int status, String reason) implements Verdict {}
    }

    /// @param token compares with the node's token, in constant time
    /// @param metricsToken compares with the one that is only good for metrics
    /// @param owner whether a user of this machine may use the unix socket
    /// @param names in lower case, by which the admin listener may be asked for, besides addresses and loopback names
    public Guard(Predicate<String> token, Predicate<String> metricsToken, Predicate<UserPrincipal> owner, Set<String> names) {
        this.token = token;
        this.metricsToken = metricsToken;
        this.owner = owner;
        this.names = Set.copyOf(names);
    }

    Verdict judge(ApiVerb verb, HttpRequest request, Optional<String> tokenInQuery) {
        if (verb.access() == Access.OPEN) {
            return new Verdict.Allowed();
        }
        if (hasForeignOrigin(request)) {
            return new Verdict.Refused(403, "the request comes from a page of another site");
        }
        Verdict verdict = switch (request.peer()) {
            case Peer.Unix(UserPrincipal user) -> owner.test(user)
                    ? new Verdict.Allowed()
                    : new Verdict.Refused(403, "the socket is not for user " + user.getName());
            case Peer.Tcp peer -> overTcp(verb, request, peer, tokenInQuery);
        };
        if (verdict instanceof Verdict.Allowed && verb.writes() && !isJson(request)) {
            return new Verdict.Refused(415, "Content-Type must be application/json");
        }
        return verdict;
    }

    private Verdict overTcp(ApiVerb verb, HttpRequest request, Peer.Tcp peer, Optional<String> tokenInQuery) {
        String host = request.host().toLowerCase(Locale.ROOT);
        if (!isLoopbackName(host) && !isAddress(host) && !names.contains(host)) {
            return new Verdict.Refused(403, "the Host header names neither an address nor this node");
        }
        boolean page = verb.access() == Access.PAGE;
        if (page && peer.loopback() && isLoopbackName(host) && SIGNS_OF_A_PROXY.stream()
                .noneMatch(sign -> request.header(sign).isPresent())) {
            return new Verdict.Allowed();
        }
        boolean metrics = verb.access() == Access.METRICS && bearer(request).filter(metricsToken).isPresent();
        boolean known = metrics || bearer(request).filter(token).isPresent()
                || !verb.writes() && cookie(request).filter(token).isPresent()
                || page && tokenInQuery.filter(token).isPresent();
        return known ? new Verdict.Allowed() : new Verdict.Refused(401, "the token is missing or wrong");
    }

    private static boolean hasForeignOrigin(HttpRequest request) {
        String own = "http://" + request.header("Host").orElse("").toLowerCase(Locale.ROOT);
        return request.headers().stream()
                .filter(header -> header.name().equalsIgnoreCase("Origin"))
                .map(Head.Header::value)
                .anyMatch(origin -> !origin.toLowerCase(Locale.ROOT).equals(own));
    }

    private static boolean isLoopbackName(String host) {
        return host.equals("localhost") || host.endsWith(".localhost") || host.equals("[::1]") || host.matches("127(\\.[0-9]{1,3}){3}");
    }

    private static boolean isAddress(String host) {
        return host.startsWith("[") || host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    }

    private static boolean isJson(HttpRequest request) {
        return request.header("Content-Type").filter(type -> type.toLowerCase(Locale.ROOT).matches("application/json *(; *charset=utf-8)?"))
                .isPresent();
    }

    private static Optional<String> bearer(HttpRequest request) {
        return request.header("Authorization").filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
                .map(value -> value.substring(7).strip());
    }

    private static Optional<String> cookie(HttpRequest request) {
        return request.header("Cookie").stream()
                .flatMap(cookies -> List.of(cookies.split(";")).stream())
                .map(String::strip)
                .filter(cookie -> cookie.startsWith(COOKIE + "="))
                .map(cookie -> cookie.substring(COOKIE.length() + 1))
                .findFirst();
    }
}
