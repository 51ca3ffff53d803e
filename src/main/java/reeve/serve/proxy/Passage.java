package reeve.serve.proxy;

import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import reeve.base.http.RequestHead;
import reeve.model.HeaderText.Fact;
import reeve.model.RouteHandling;
import reeve.model.RouteSpec;
import reeve.model.ServiceId;
import reeve.serve.edge.EdgeRules;
import reeve.serve.edge.Facts;
import reeve.serve.edge.HeaderRules;
import reeve.serve.edge.Media;
import reeve.serve.edge.Page;
import reeve.serve.edge.Span;
import reeve.serve.route.RouteEntry;

/// What becomes of one request and its answer on their way, besides that they are forwarded. Made only where its route, or the node,
/// asks for something. One exchange, one loop.
final class Passage {
    private static final byte[] NONE = {};

    private final Loop loop;
    private final Exchange exchange;
    private final Facts facts = new Facts();
    private @Nullable EdgeRules rules;
    private @Nullable LogNote note;
    private @Nullable TraceContext trace;
    private RouteCounts.@Nullable Row counts;
    private RequestLine asked = RequestLine.UNKNOWN;
    private @Nullable RouteSpec route;
    private byte[] requestId = NONE;
    private @Nullable Page fallback;
    private @Nullable Squeezing squeezing;
    private long connecting;
    private long sent;

    /// @param bytes that the head was parsed from
    Passage(Loop loop, Exchange exchange, RequestHead head, byte[] bytes) {
        this.loop = loop;
        this.exchange = exchange;
        NodeRules node = loop.nodeRules();
        if (node == null) {
            return;
        }
        if (node.ids() != null) {
            requestId = node.ids().of(head, bytes, exchange.client().origin().forwarded().trusted());
        }
        if (node.plan() != null) {
            note = new LogNote(node.plan(), head, bytes);
        }
        if (node.traces() != null) {
            trace = TraceContext.of(head, bytes, node.traces().believed().believes(exchange.client().origin().forwarded().trusted()),
                    node.traces().share(), loop.jitter());
            asked = trace.sampled() ? RequestLine.of(head, bytes) : asked;
        }
        if (node.rules() != null) {
            learn(node.rules(), head, bytes);
        }
    }

    /// What a span says of a request.
    private record RequestLine(String method, String path, String host) {
        static final RequestLine UNKNOWN = new RequestLine("", "", "");

        static RequestLine of(RequestHead head, byte[] bytes) {
            return new RequestLine(head.methodText(), head.path(), head.authorityFrom() < head.hostTo() ? head.host() : "");
        }
    }

    /// A route has been found; another one than before, perhaps.
    void routed(RouteEntry entry, @Nullable ServiceId service, RequestHead head, byte[] bytes) {
        EdgeRules found = entry.edge();
        rules = found;
        squeezing = found == null || found.compression() == null ? null : new Squeezing(loop, found.compression(), head, bytes);
        route = entry.route().spec();
        counts = loop.routeCounts().counts() ? loop.routeCounts().of(route) : null;
        if (found == null) {
            return;
        }
        learn(found, head, bytes);
        if (found.needs(Fact.SERVICE) && service != null) {
            facts.set(Fact.SERVICE, Bytes.ascii(service.toString()));
        }
        HeaderRules request = found.request();
        if (note == null && loop.accessLines() != null && request != null && request.setsHost()) {
            note = new LogNote(LogPlan.BARE, head, bytes); // the head that is sent does not say what was asked for
        }
    }

    private void learn(EdgeRules by, RequestHead head, byte[] bytes) {
        for (Fact fact : by.facts()) {
            switch (fact) {
                case CLIENT -> facts.set(fact, exchange.address());
                case HOST -> facts.set(fact, Arrays.copyOfRange(bytes, head.authorityFrom(), head.hostTo()));
                case METHOD -> facts.set(fact, Arrays.copyOfRange(bytes, head.methodFrom(), head.methodTo()));
                case SCHEME -> facts.set(fact, Bytes.ascii(exchange.client().origin().scheme()));
                case PORT -> facts.set(fact, Bytes.ascii(String.valueOf(exchange.client().origin().port())));
                case TARGET -> facts.set(fact, Arrays.copyOfRange(bytes, head.pathFrom(), head.targetTo()));
                case PATH -> facts.set(fact, Arrays.copyOfRange(bytes, head.pathFrom(), head.pathTo()));
                case QUERY -> facts.set(fact, Arrays.copyOfRange(bytes, head.pathTo(), head.targetTo()));
                case REQUEST_ID -> {
                    requestId = requestId.length == 0 ? RequestIds.next(loop.jitter()) : requestId;
                    facts.set(fact, requestId);
                }
                case TRACEPARENT -> facts.set(fact, trace == null ? NONE : trace.traceparent());
                case SERVICE, BACKEND, SERVER_TIMING -> { } // not known yet
            }
        }
    }

    /// The head of the request has just been written for a backend.
    void request(Bytes head, UpstreamPool.Peer to) {
        facts.set(Fact.BACKEND, to.host);
        connecting = loop.now();
        EdgeRules ofNode = ofNode();
        edit(head, ofNode == null ? null : ofNode.request());
        edit(head, rules == null ? null : rules.request());
    }

    /// The connection to the backend is there.
    void sending() {
        sent = loop.now();
    }

    /// The head of the answer has just been written for the client; of the proxy's own, its body, too.
    void response(Bytes head) {
        if (rules != null && rules.needs(Fact.SERVER_TIMING)) {
            facts.set(Fact.SERVER_TIMING, timing());
        }
        EdgeRules ofNode = ofNode();
        edit(head, ofNode == null ? null : ofNode.response());
        edit(head, rules == null ? null : rules.response());
    }

    private @Nullable EdgeRules ofNode() {
        NodeRules node = loop.nodeRules();
        return node == null ? null : trace != null && trace.begins() ? node.anew() : node.rules();
    }

    /// `held;dur=12.345, connect;dur=0.120, backend;dur=3.456`, in milliseconds; what did not happen is left out.
    private byte[] timing() {
        var text = new Bytes(128);
        long held = exchange.heldNanos();
        if (held > 0) {
            LogTime.millis(text.put("held;dur="), held);
        }
        if (sent != 0) {
            LogTime.millis(text.put(held > 0 ? ", " : "").put("connect;dur="), sent - connecting);
            LogTime.millis(text.put(", backend;dur="), loop.now() - sent);
        } else if (held == 0) {
            text.put("held;dur=0");
        }
        return Arrays.copyOf(text.array(), text.length());
    }

    /// What is answered in the place of a backend's answer; null where that goes on to the client.
    @Nullable Answer inPlaceOf(int status) {
        if (rules == null || !rules.replaces(status)) {
            return null;
        }
        fallback = status == 404 && rules.fallback() != null ? rules.fallback().only(loop.now()) : null;
        return fallback != null ? Answer.fallback() : Answer.inPlace(status);
    }

    /// Whether its answer may be compressed; null where it never is.
    @Nullable Squeezing squeezing() {
        return squeezing;
    }

    /// What is sent in the place of the proxy's own words; null for these.
    @Nullable Page page(Answer answer, Media media) {
        if (answer.status() < 400) {
            return answer.status() == 200 ? fallback : null;
        }
        Page found = rules == null || rules.pages() == null ? null : rules.pages().of(answer.status(), media, loop.now());
        return found == null ? null : PageText.filled(found, answer, media, requestId);
    }

    /// All is over.
    /// @param bytes of the answer's body
    void ended(int status, long lastedNanos, long bytes) {
        if (counts != null) {
            counts.add(status, lastedNanos, bytes);
        }
        NodeRules node = loop.nodeRules();
        if (trace != null && trace.sampled() && node != null && node.traces() != null) {
            node.traces().spans().ended(new Span(Bytes.latin(trace.traceId()), Bytes.latin(trace.id()), trace.parent(), asked.method(),
                    asked.path(), exchange.client().origin().scheme(), asked.host(), Bytes.latin(exchange.address()),
                    route == null ? "" : route.with(RouteHandling.PLAIN).toString(), Bytes.latin(facts.of(Fact.BACKEND)), status,
                    loop.time().wall(), Duration.ofNanos(lastedNanos), Duration.ofNanos(exchange.heldNanos())));
        }
    }

    /// Of the trace that the request belongs to; empty where it is not traced.
    byte[] traceId() {
        return trace == null ? NONE : trace.traceId();
    }

    private void edit(Bytes head, @Nullable HeaderRules by) {
        if (by != null) {
            Bytes spare = loop.spare();
            spare.clear();
            by.rewrite(head.array(), head.length(), facts, spare);
            head.swap(spare);
        }
    }

    /// What the access log will say of the head; null where that is still to be seen in the head itself.
    @Nullable LogNote note() {
        return note;
    }

    /// Empty where it has none.
    byte[] requestId() {
        return requestId;
    }
}
