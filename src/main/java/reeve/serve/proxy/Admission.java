package reeve.serve.proxy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reeve.base.http.RequestHead;
import reeve.model.Access;
import reeve.serve.access.AccessGate;
import reeve.serve.access.BasicAuth;
import reeve.serve.access.Caller;
import reeve.serve.access.CorsRules;
import reeve.serve.access.Refusal;
import reeve.serve.route.RouteEntry;

/// Whether a request may use the route that it found, and what that changes of it. Made only for routes that have rules. One exchange,
/// one loop.
final class Admission {
    private static final List<String> ADDRESSES = List.of("x-forwarded-for", "x-real-ip", "forwarded");

    private final Loop loop;
    private final Exchange exchange;
    private @Nullable AccessGate checked;
    private @Nullable AccessGate passed;
    private @Nullable HeadEdit answerEdit;
    private List<HeadEdit> requestEdits = List.of();
    private String route = "";

    Admission(Loop loop, Exchange exchange) {
        this.loop = loop;
        this.exchange = exchange;
    }

    /// Asks each question once, however often the request finds the same way anew.
    /// @return false where it got an answer, or waits for one
    boolean admits(RouteEntry entry, RequestHead head) {
        AccessGate gate = entry.gate();
        if (gate == null || gate == passed) {
            return true;
        }
        route = entry.route().spec().toString();
        var caller = new Asking(exchange.client().origin(), head);
        Refusal refusal = gate == checked ? null : gate.check(caller, loop.clientRates(), loop.now());
        if (refusal != null) {
            exchange.answer(refused(refusal));
            return false;
        }
        checked = gate;
        if (gate.cors() != null && answersPreflight(gate.cors(), caller, head)
                || gate.basic() != null && !knows(gate.basic(), caller, head) || !isGranted(gate, entry, head)) {
            return false;
        }
        passed = gate;
        edit(gate, caller);
        return true;
    }

    /// A browser's question before a request: it has no credentials, so it comes before whatever asks for them.
    private boolean answersPreflight(CorsRules cors, Caller caller, RequestHead head) {
        if (head.method() != RequestHead.Method.OPTIONS || caller.header("origin").isEmpty()
                || caller.header("access-control-request-method").isEmpty()) {
            return false;
        }
        exchange.answer(Answer.preflight(cors.preflight(caller, caller.header("access-control-request-headers"))));
        return true;
    }

    private boolean knows(BasicAuth users, Caller caller, RequestHead head) {
        Waits waits = exchange.waits();
        boolean asked = false;
        boolean known = false;
        for (PasswordCheck check : waits == null ? List.<PasswordCheck>of() : waits.over(PasswordCheck.class)) {
            asked |= check.users() == users;
            known |= check.users() == users && check.passes();
        }
        if (!asked) {
            List<String> given = caller.header("authorization");
            switch (users.look(given, loop.now())) {
                case PASSES -> known = true;
                case FAILS -> { }
                case UNKNOWN -> {
                    exchange.await(new PasswordCheck(loop, exchange, users, given.getFirst()), head);
                    return false;
                }
            }
        }
        if (!known) {
            loop.refusals().add(route, Refusal.Reason.CREDENTIALS);
            exchange.answer(Answer.unauthorized(users.challenge()));
        }
        return known;
    }

    private boolean isGranted(AccessGate gate, RouteEntry entry, RequestHead head) {
        Access.Forward rules = gate.access().forward().orElse(null);
        if (rules == null) {
            return true;
        }
        AuthQuestion last = question(rules);
        if (last == null) {
            exchange.await(new AuthQuestion(loop, exchange, rules, entry.authority()), head);
            return false;
        }
        Answer denied = last.denied();
        if (denied != null) {
            loop.refusals().add(route, Refusal.Reason.AUTHORITY);
            exchange.answer(denied);
        }
        return denied == null;
    }

    private @Nullable AuthQuestion question(Access.Forward rules) {
        Waits waits = exchange.waits();
        AuthQuestion last = null;
        for (AuthQuestion question : waits == null ? List.<AuthQuestion>of() : waits.over(AuthQuestion.class)) {
            last = question.rules().equals(rules) ? question : last;
        }
        return last;
    }

    private void edit(AccessGate gate, Caller caller) {
        var edits = new ArrayList<HeadEdit>(2);
        if (gate.basic() != null && gate.basic().removes()) {
            edits.add(new HeadEdit().remove("authorization"));
        }
        gate.access().forward().map(this::question).ifPresent(question -> edits.add(question.granted()));
        switch (gate.access().forwardedFor()) {
            case ADD -> { }
            case DROP -> {
                var edit = new HeadEdit();
                ADDRESSES.forEach(edit::remove);
                edits.add(edit);
            }
            case PASS -> {
                var edit = new HeadEdit();
                for (String name : ADDRESSES) {
                    edit.remove(name);
                    caller.header(name).forEach(value -> edit.add(name, value));
                }
                edits.add(edit);
            }
        }
        requestEdits = edits;
        if (gate.cors() != null) {
            answerEdit = new HeadEdit().remove("access-control-allow-origin").remove("access-control-allow-credentials")
                    .remove("access-control-expose-headers").add(gate.cors().answer(caller));
        }
    }

    /// The head of the request has just been written for a backend.
    void request(Bytes head) {
        requestEdits.forEach(edit -> edit.apply(head, loop.spare()));
    }

    /// The head of the answer has just been written for the client.
    void response(Bytes head) {
        if (answerEdit != null) {
            answerEdit.apply(head, loop.spare());
        }
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
