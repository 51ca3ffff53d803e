package reeve.serve.proxy;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import reeve.base.http.RequestHead;
import reeve.model.HeaderText.Fact;
import reeve.model.ServiceId;
import reeve.serve.edge.EdgeRules;
import reeve.serve.edge.Facts;
import reeve.serve.edge.HeaderRules;

/// What becomes of one request and its answer on their way, besides that they are forwarded. Made only where its route, or the node,
/// asks for something. One exchange, one loop.
final class Passage {
    private static final byte[] NONE = {};

    private final Loop loop;
    private final Exchange exchange;
    private final Facts facts = new Facts();
    private @Nullable EdgeRules rules;
    private @Nullable LogNote note;
    private byte[] requestId = NONE;

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
        if (node.rules() != null) {
            learn(node.rules(), head, bytes);
        }
    }

    /// A route has been found; another one than before, perhaps.
    void routed(@Nullable EdgeRules found, @Nullable ServiceId service, RequestHead head, byte[] bytes) {
        rules = found;
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
                case SERVICE, BACKEND -> { } // not known yet
            }
        }
    }

    /// The head of the request has just been written for a backend.
    void request(Bytes head, UpstreamPool.Peer to) {
        facts.set(Fact.BACKEND, to.host);
        NodeRules node = loop.nodeRules();
        edit(head, node == null || node.rules() == null ? null : node.rules().request());
        edit(head, rules == null ? null : rules.request());
    }

    /// The head of the answer has just been written for the client; of the proxy's own, its body, too.
    void response(Bytes head) {
        NodeRules node = loop.nodeRules();
        edit(head, node == null || node.rules() == null ? null : node.rules().response());
        edit(head, rules == null ? null : rules.response());
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
