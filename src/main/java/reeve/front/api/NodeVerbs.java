package reeve.front.api;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import reeve.base.http.Head;
import reeve.base.http.HttpAnswer;
import reeve.base.http.HttpRequest;
import reeve.base.metrics.Metrics;
import reeve.model.Address;
import reeve.model.wire.NodeAnswer;
import reeve.model.wire.WireJson;

/// Verbs about the node itself, and its page.
final class NodeVerbs {
    private final ApiParts parts;
    private final WireJson json;
    private final Instant started;

    NodeVerbs(ApiParts parts, WireJson json) {
        this.parts = parts;
        this.json = json;
        this.started = parts.time().wall().truncatedTo(ChronoUnit.MILLIS);
    }

    HttpAnswer healthz(ApiCall call) {
        return HttpAnswer.text(200, "ok\n");
    }

    HttpAnswer readyz(ApiCall call) {
        return parts.ready().getAsBoolean() ? HttpAnswer.text(200, "ready\n") : HttpAnswer.text(503, "starting\n");
    }

    HttpAnswer node(ApiCall call) {
        return Answers.json(json, new NodeAnswer(
                parts.node().value(),
                parts.facts().get().nodeClass(),
                parts.facts().get().labels(),
                started,
                parts.version(),
                ProcessHandle.current().pid(),
                parts.http().get().map(Address::toString).orElse(null),
                parts.admin().get().map(Address::toString).orElse(null),
                parts.ready().getAsBoolean(),
                parts.notes().get()));
    }

    HttpAnswer certificates(ApiCall call) {
        call.allowOnly(Set.of());
        return Answers.json(json, parts.tls().certificates());
    }

    HttpAnswer metrics(ApiCall call) {
        return HttpAnswer.of(200, Metrics.CONTENT_TYPE, parts.metrics().get().getBytes(StandardCharsets.UTF_8));
    }

    HttpAnswer shutdown(ApiCall call) {
        parts.shutdown().run();
        return Answers.done();
    }

    HttpAnswer upgrade(ApiCall call) {
        parts.upgrade().run();
        return Answers.done();
    }

    HttpAnswer page(ApiCall call) {
        call.allowOnly(Set.of("token"));
        Optional<String> token = call.parameter("token");
        if (token.isPresent()) {
            return rememberToken(token.get());
        }
        if (wantsHtml(call.request())) {
            StatusPage.Html page = parts.page().html();
            return HttpAnswer.of(200, "text/html; charset=utf-8", page.document().getBytes(StandardCharsets.UTF_8))
                    .with("Content-Security-Policy", page.contentSecurityPolicy())
                    .with("Referrer-Policy", "no-referrer")
                    .with("X-Frame-Options", "DENY");
        }
        return HttpAnswer.text(200, parts.page().text());
    }

    /// Trades the token in the address bar for a cookie that scripts cannot read and other sites cannot use.
    private static HttpAnswer rememberToken(String token) {
        if (!token.matches("[A-Za-z0-9_.~=-]{1,256}")) {
            throw new IllegalArgumentException("cannot use such a token");
        }
        var headers = List.of(
                new Head.Header("Location", "/"),
                new Head.Header("Referrer-Policy", "no-referrer"),
                new Head.Header("Set-Cookie", Guard.COOKIE + "=" + token + "; Path=/; HttpOnly; SameSite=Strict"));
        return new HttpAnswer(303, headers, new HttpAnswer.Whole(new byte[0]));
    }

    /// curl says that it takes anything and gets text; browsers ask for HTML by name.
    private static boolean wantsHtml(HttpRequest request) {
        return request.header("Accept").filter(accept -> accept.toLowerCase(Locale.ROOT).contains("text/html")).isPresent();
    }
}
