package reeve.serve.proxy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reeve.base.http.RequestHead;
import reeve.serve.access.AccessGate;
import reeve.serve.access.Caller;
import reeve.serve.access.Refusal;
import reeve.serve.route.RouteEntry;

/// Whether a request may use the route that it found. Made only for routes that have rules. One exchange, one loop.
final class Admission {
    private final Loop loop;
    private final Exchange exchange;
    private @Nullable AccessGate passed;
    private String route = "";

    Admission(Loop loop, Exchange exchange) {
        this.loop = loop;
        this.exchange = exchange;
    }

    /// Asks once, however often the request finds the same way anew.
    /// @return false where it got an answer
    boolean admits(RouteEntry entry, RequestHead head) {
        AccessGate gate = entry.gate();
        if (gate == null || gate == passed) {
            return true;
        }
        route = entry.route().spec().toString();
        Refusal refusal = gate.check(new Asking(exchange.client().origin(), head), loop.clientRates(), loop.now());
        if (refusal != null) {
            exchange.answer(refused(refusal));
            return false;
        }
        passed = gate;
        return true;
    }

    /// @param bytes of the body so far
    boolean isTooLong(long bytes) {
        return passed != null && bytes > passed.maxBody();
    }

    /// Only where the body [#isTooLong].
    Answer tooLarge() {
        if (passed == null) {
            throw new IllegalStateException("cannot refuse the body of a request that no rule is for");
        }
        return refused(passed.tooLarge());
    }

    private Answer refused(Refusal refusal) {
        loop.refusals().add(route, refusal.reason());
        return Answer.refused(refusal);
    }

    /// The request's head, as rules see it.
    private record Asking(Origin origin, RequestHead head) implements Caller {
        @Override
        public InetAddress address() {
            return origin.forwarded().source(head);
        }

        @Override
        public List<String> header(String name) {
            var values = new ArrayList<String>(1);
            for (int i = 0; i < head.count(); i++) {
                if (head.nameTo(i) - head.nameFrom(i) == name.length() && head.name(i).equalsIgnoreCase(name)) {
                    values.add(head.value(i));
                }
            }
            return values;
        }

        @Override
        public long contentLength() {
            return head.contentLength();
        }
    }
}
