package reeve.serve.proxy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reeve.base.http.RequestHead;
import reeve.model.Redirect;
import reeve.model.RouteSpec;
import reeve.model.ServiceId;
import reeve.serve.access.Refusal;
import reeve.serve.route.Backend;
import reeve.serve.route.Route;

/// An answer the proxy gives itself: always says what is wrong.
/// @param retryAfter zero: no such header
/// @param listRoutes whether a client on this machine is shown the routes there are
/// @param location   where it sends the client; empty: nowhere
/// @param lines      further header lines, each with its end
/// @param body       in the place of a page about it; null: that page
record Answer(int status, String text, Duration retryAfter, boolean listRoutes, String location, String lines, byte @Nullable [] body) {

    Answer(int status, String text, Duration retryAfter, boolean listRoutes, String location) {
        this(status, text, retryAfter, listRoutes, location, "", null);
    }

    Answer(int status, String text, Duration retryAfter, boolean listRoutes) {
        this(status, text, retryAfter, listRoutes, "");
    }

    private static Answer of(int status, String text) {
        return new Answer(status, text, Duration.ZERO, false);
    }

    static Answer bad(int status, String reason) {
        return of(status, "cannot read the request: " + reason);
    }

    /// To what may be forwarded no more: a request that asks about the way, and has come as far as it wanted.
    static Answer notForwarded(RequestHead.Method method) {
        return method == RequestHead.Method.TRACE ? of(501, "cannot show the request: TRACE is not answered here")
                : of(200, "this is a proxy, and Max-Forwards is 0");
    }

    static Answer circle() {
        return of(508, "cannot forward the request: it goes in circles, and has come here too often already");
    }

    static Answer ambiguousPath(RouteSpec route) {
        return of(400, "cannot route the request: its path can be read in more than one way; where the backends of " + route
                + " read it as it is meant, write `ambiguous_paths: pass` there");
    }

    static Answer redirect(Redirect redirect, String location) {
        return new Answer(redirect.status(), "what was asked for is at " + location, Duration.ZERO, false, location);
    }

    static Answer noClientCertificate() {
        return of(403, "cannot serve the request: it needs TLS, and a client certificate that is trusted here");
    }

    static Answer misdirected() {
        return of(421, "cannot answer for this host here: the TLS connection was made for another one");
    }

    /// @param repeatable whether any client may make a GET of the request (RFC 9110 §15.4.2)
    static Answer overTls(boolean repeatable, String location) {
        return new Answer(repeatable ? 301 : 308, "what was asked for is at " + location, Duration.ZERO, false, location);
    }

    static Answer noRoute() {
        return new Answer(404, "cannot route the request: no route matches its host and path", Duration.ZERO, true);
    }

    static Answer down(ServiceId service, Route.Availability.Down down) {
        String reason = down.reason().isEmpty() ? "" : ": " + down.reason();
        return of(503, "cannot reach " + service + ": it is " + down.state().word().replace('_', ' ') + reason);
    }

    static Answer maintenance(String message) {
        return new Answer(503, message, Duration.ofMinutes(1), false);
    }

    static Answer notReady(ServiceId service) {
        return new Answer(503, "cannot reach " + service + " yet: no instance is ready", Duration.ofSeconds(1), false);
    }

    static Answer unreachable(Backend backend, String why) {
        return of(502, "cannot reach " + backend + ": " + why);
    }

    static Answer brokenAnswer(Backend backend, String why) {
        return of(502, "cannot use the answer of " + backend + ": " + why);
    }

    static Answer tooSlow(Backend backend, String what, Duration waited) {
        return of(504, backend + " " + what + " within " + waited.toSeconds() + " s");
    }

    static Answer clientTooSlow(String what) {
        return of(408, "cannot read the request: " + what);
    }

    static Answer wakeFailed(ServiceId service, String reason, Duration retryAfter) {
        return new Answer(503, "cannot wake " + service + ": " + reason, atLeastOne(retryAfter), false);
    }

    static Answer wakeTimedOut(ServiceId service, Duration waited) {
        return of(504, "cannot reach " + service + " yet: it did not wake within " + waited.toSeconds() + " s; it goes on waking");
    }

    static Answer tooManyWait(ServiceId service, Duration retryAfter) {
        return new Answer(503, "cannot hold the request: too many wait for " + service + " already", atLeastOne(retryAfter), false);
    }

    static Answer full(ServiceId service) {
        return new Answer(503, "cannot take the request: every instance of " + service + " works on as many as it may",
                Duration.ofSeconds(1), false);
    }

    /// What the rules of a route say no to.
    static Answer refused(Refusal refusal) {
        Duration wait = refusal.retryAfter();
        return new Answer(refusal.status(), "cannot take the request: " + refusal.text(),
                wait.isZero() ? wait : Duration.ofSeconds(wait.plusSeconds(1).minusNanos(1).toSeconds()), false);
    }

    static Answer unauthorized(String challenge) {
        return new Answer(401, "cannot take the request: it needs a name and a password that are known here", Duration.ZERO, false, "",
                "WWW-Authenticate: " + challenge + "\r\n", null);
    }

    static Answer tooManyPasswords() {
        return new Answer(503, "cannot check the password now: too many are being checked", Duration.ofSeconds(1), false);
    }

    /// What was asked about the request said no, in its own words.
    static Answer relayed(int status, String lines, byte[] body) {
        return new Answer(status, "", Duration.ZERO, false, "", lines, body);
    }

    static Answer noAuthority(String why) {
        return of(502, "cannot ask whether the request may pass: " + why);
    }

    static Answer authorityTooSlow(Duration waited) {
        return of(504, "cannot learn whether the request may pass: no answer within " + waited.toSeconds() + " s");
    }

    /// To a browser's question before a request.
    static Answer preflight(String lines) {
        return new Answer(204, "", Duration.ZERO, false, "", lines, new byte[0]);
    }

    static Answer noFile() {
        return of(404, "cannot find the file that was asked for");
    }

    static Answer unreadable() {
        return of(500, "cannot read the file that was asked for");
    }

    static Answer onlyRead() {
        return of(405, "cannot do that to a file: it can only be read");
    }

    /// To the folder's own path, with the `/` behind it.
    static Answer movedTo(String location) {
        return new Answer(301, "what was asked for is at " + location, Duration.ZERO, false, location);
    }

    /// In the place of a backend's answer.
    static Answer inPlace(int status) {
        return of(status, "the service answers " + status);
    }

    /// A file in the place of what the backend does not have.
    static Answer fallback() {
        return of(200, "");
    }

    static Answer tooManyOfOneClient() {
        return new Answer(429, "cannot take the connection: its client has too many open", Duration.ofSeconds(1), false);
    }

    static Answer tooManyConnections() {
        return new Answer(503, "cannot take the connection: too many are open", Duration.ofSeconds(1), false);
    }

    private static Duration atLeastOne(Duration wanted) {
        return wanted.toSeconds() < 1 ? Duration.ofSeconds(1) : wanted;
    }
}
