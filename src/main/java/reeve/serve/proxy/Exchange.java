package reeve.serve.proxy;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reeve.base.http.BodyKind;
import reeve.base.http.RequestHead;
import reeve.model.Redirect;
import reeve.model.ServiceId;
import reeve.serve.route.Balancer;
import reeve.serve.route.EntryTls;
import reeve.serve.route.Route;
import reeve.serve.route.RouteEntry;
import reeve.serve.route.RouteRequest;

/// One request and its answer, from the accepted head to the last byte. One loop.
final class Exchange {
    private static final int MOST_HOLDS = 8;
    private static final byte[] NONE = {};

    private final Loop loop;
    private final ClientStream client;
    private final RequestFacts facts;
    private final boolean encrypted;
    private final byte[] address;
    private final BodyFraming requestBody;
    private final ResponseRelay response;
    private final Forwarding forwarding;
    private final long begun;
    private byte[] headBytes;
    private @Nullable Waits waits;
    private @Nullable ServiceTraffic gate;
    private @Nullable ServiceId service;
    private @Nullable EntryTls tls;
    private @Nullable Admission admission;
    private @Nullable Passage passage;
    private @Nullable HeadEdit ownEdit;
    private @Nullable FileAnswer file;
    private boolean ended;

    Exchange(Loop loop, ClientStream client, RequestHead head) {
        this.loop = loop;
        this.client = client;
        this.headBytes = loop.scratch();
        this.facts = RequestFacts.of(head, headBytes);
        this.encrypted = client.origin().encrypted(head);
        this.address = client.origin().address(head);
        this.requestBody = head.body() == BodyKind.NONE ? loop.noBody() : new BodyFraming(head.body(), head.contentLength(), false,
                facts.takesTrailers() ? Trailers.of(head) : null);
        this.response = new ResponseRelay(loop, this);
        this.forwarding = new Forwarding(loop, this);
        this.begun = loop.now();
    }

    ClientStream client() {
        return client;
    }

    /// The address of who makes the request, as text.
    byte[] address() {
        return address;
    }

    /// Whether the client speaks TLS, if only with a trusted proxy in front.
    boolean encrypted() {
        return encrypted;
    }

    ResponseRelay response() {
        return response;
    }

    Forwarding forwarding() {
        return forwarding;
    }

    RequestFacts facts() {
        return facts;
    }

    /// What becomes of request and answer on their way; null where they pass as they are.
    @Nullable Passage passage() {
        return passage;
    }

    boolean requestComplete() {
        return requestBody.complete();
    }

    boolean hasEnded() {
        return ended;
    }

    /// Header lines that every answer has, to say how its host is to be reached.
    byte[] answerLines() {
        return client.origin().answerLines(tls);
    }

    /// Finds the way of a request that has just been read.
    void begin(RequestHead head) {
        if (loop.nodeRules() != null) {
            passage = new Passage(loop, this, head, headBytes);
        }
        route(head);
    }

    /// Asks a question of the proxy's own, which no rules are for.
    /// @param by   its way; null where the table has it
    /// @param edit what the head loses and gets
    void ask(RequestHead head, @Nullable RouteEntry by, HeadEdit edit) {
        ownEdit = edit;
        if (by == null) {
            route(head);
        } else {
            send(by, head);
        }
    }

    /// Changes the head that has just been written for a backend.
    void editRequest(Bytes head) {
        if (admission != null) {
            admission.request(head);
        }
        if (ownEdit != null) {
            ownEdit.apply(head, loop.spare());
        }
    }

    /// What rules of its route change of the answer; null for nothing.
    @Nullable Admission admission() {
        return admission;
    }

    /// Finds the request's way in the table as it is now.
    private void route(RequestHead head) {
        if (head.maxForwards() == 0) {
            answer(Answer.notForwarded(head.method()));
            return;
        }
        if (head.hasVia() && loop.identity().goesInCircles(head)) {
            answer(Answer.circle());
            return;
        }
        RouteRequest request = asked(head);
        RouteEntry found = loop.routes().match(request);
        RouteEntry entry = found == null ? null : found.share(loop.jitter(), service);
        tls = entry == null ? null : entry.tls();
        Answer refusal = client.origin().refusal(head, headBytes, tls);
        if (refusal != null || entry == null) {
            answer(refusal == null ? Answer.noRoute() : refusal);
            return;
        }
        if (entry.edge() != null || passage != null) {
            pass(entry, head);
        }
        if (request.isTooAmbiguousFor(entry)) {
            answer(Answer.ambiguousPath(entry.route().spec()));
            return;
        }
        if (entry.gate() != null && !client.isOwn() && !admits(entry, head)) {
            return;
        }
        switch (entry.route().destination()) {
            case Route.ToFiles _ -> toFiles(entry, head);
            case Route.ToRedirect(Redirect redirect) -> answer(Answer.redirect(redirect, Redirection.of(redirect, entry, head)));
            case Route.ToExternal _ -> send(entry, head);
            case Route.ToService service -> toService(service, entry, head);
        }
    }

    /// @return false where it got an answer
    private boolean admits(RouteEntry entry, RequestHead head) {
        admission = admission == null ? new Admission(loop, this) : admission;
        return admission.admits(entry, head);
    }

    private void pass(RouteEntry entry, RequestHead head) {
        if (passage == null) {
            passage = new Passage(loop, this, head, headBytes);
        }
        ServiceId to = entry.route().destination() instanceof Route.ToService(var id, _, _, _, _) ? id : null;
        passage.routed(entry, to, head, headBytes);
    }

    private void toFiles(RouteEntry entry, RequestHead head) {
        boolean reads = head.method() == RequestHead.Method.GET || head.method() == RequestHead.Method.HEAD;
        if (!reads || entry.files() == null) {
            answer(Answer.onlyRead());
        } else {
            byte[] path = entry.changesPath() ? asked(head).forwardedPath(entry) : null;
            headBytes = Arrays.copyOfRange(headBytes, head.from(), head.to()); // the loop reads other heads meanwhile
            file = FileAnswer.begin(loop, this, entry.files(), head, path);
        }
    }

    private RouteRequest asked(RequestHead head) {
        return loop.routeRequest().method(head.methodFrom(), head.methodTo())
                .at(headBytes, head.authorityFrom(), head.hostTo(), head.pathFrom(), head.pathTo());
    }

    private void toService(Route.ToService to, RouteEntry entry, RequestHead head) {
        service = to.service();
        switch (to.availability()) {
            case Route.Availability.Serving _ -> {
                if (!to.sleeps() || gate != null || enter(to.service())) {
                    send(entry, head);
                } else {
                    hold(to.service(), head);
                }
            }
            case Route.Availability.Asleep _ -> hold(to.service(), head);
            case Route.Availability.Maintenance(String message) -> answer(Answer.maintenance(message));
            case Route.Availability.Down down -> answer(Answer.down(to.service(), down));
        }
    }

    private boolean enter(ServiceId service) {
        ServiceTraffic traffic = loop.traffic(service);
        if (!traffic.enter()) {
            return false;
        }
        gate = traffic;
        return true;
    }

    private void hold(ServiceId service, RequestHead head) {
        if (waits != null && waits.over(HeldRequest.class).size() >= MOST_HOLDS) {
            answer(Answer.wakeFailed(service, "it falls asleep as soon as it is awake", Duration.ofSeconds(1)));
        } else {
            await(new HeldRequest(loop, this, service), head);
        }
    }

    private void queue(ServiceId service, Balancer among, RequestHead head) {
        List<QueuedRequest> before = waits == null ? List.of() : waits.over(QueuedRequest.class);
        long since = before.isEmpty() ? loop.now() : before.getFirst().since();
        await(new QueuedRequest(loop, this, service, among, since), head);
    }

    /// Lets the request wait before it goes further; nothing of it has been forwarded. Ends in [#resume].
    void await(Wait wait, RequestHead head) {
        if (waits == null) {
            headBytes = Arrays.copyOfRange(headBytes, head.from(), head.to());
            waits = new Waits(headBytes);
        }
        waits.begin(wait);
    }

    /// The waits of this request, with what it learnt by them; null where it never waited.
    @Nullable Waits waits() {
        return waits;
    }

    /// A wait is over: the request finds its way anew, in the table as it is by now, or gets an answer.
    /// @param answer null where it goes on
    /// @param held   nanoseconds of the wait that count as held for a wake
    void resume(Wait wait, @Nullable Answer answer, long held) {
        if (ended || waits == null || waits.current() != wait) {
            return;
        }
        waits.ended(held);
        RequestHead head = loop.requestHead();
        head.parse(headBytes, 0, headBytes.length);
        if (answer == null) {
            route(head);
        } else {
            answer(answer);
        }
        client.proceed();
        client.flush();
    }

    private void send(RouteEntry entry, RequestHead head) {
        byte[] path = entry.changesPath() ? asked(head).forwardedPath(entry) : null;
        if (forwarding.send(entry, head, headBytes, path)) {
            return;
        }
        if (entry.route().destination() instanceof Route.ToService(var id, _, _, _, _)) {
            if (entry.balancer().size() == 0) {
                answer(Answer.notReady(id));
            } else {
                queue(id, entry.balancer(), head);
            }
        }
    }

    boolean takesBody() {
        return !requestBody.complete() && forwarding.isWritable();
    }

    boolean takesTunnel() {
        return forwarding.isWritable();
    }

    /// False only where writing more would pile up.
    boolean upstreamIsWritable() {
        return !forwarding.isConnected() || forwarding.isWritable();
    }

    /// @return what follows the body; null where nothing does
    @Nullable ByteBuf passBody(ByteBuf in) {
        ByteBuf part = requestBody.take(in);
        if (part == null || !forwarding.isConnected()) {
            in.release();
            response.broken(Answer.bad(400, "the chunked body is not valid"));
            return null;
        }
        if (admission != null && admission.isTooLong(requestBody.data())) {
            part.release();
            if (part != in) {
                in.release();
            }
            response.broken(admission.tooLarge());
            return null;
        }
        forwarding.progressed();
        forwarding.write(part);
        return part == in ? null : in;
    }

    void passTunnel(ByteBuf in) {
        forwarding.received();
        forwarding.write(in);
    }

    void flushUpstream() {
        forwarding.flush();
    }

    void clientIsWritable() {
        if (file != null) {
            file.resume();
        }
        forwarding.setReading(true);
    }

    /// Answers in the backend's place, while nothing of its answer has been sent.
    void answer(Answer answer) {
        answer(answer, false);
    }

    /// @param reusable whether the backend has answered whole, so that its connection can take another request
    void answer(Answer answer, boolean reusable) {
        if (ended) {
            return;
        }
        forwarding.release(reusable && requestBody.complete());
        boolean keep = facts.keepsAlive() && requestBody.complete() && !loop.draining();
        client.answer(answer, client.origin().form(answer, facts, !keep, tls, passage));
        end(answer.status());
        client.exchangeEnded(keep);
        if (!client.inRead()) {
            client.flush();
        }
    }

    /// The answer has been passed on whole.
    /// @param reusable whether the backend's connection can take another request
    void responseDone(boolean reusable, boolean keepClient) {
        boolean clean = requestBody.complete();
        forwarding.release(reusable && clean);
        end(response.status());
        client.exchangeEnded(keepClient && clean);
    }

    /// The answer ended too early: the client must see that.
    void cut(boolean reset) {
        forwarding.release(false);
        end(response.status());
        client.cut(reset);
    }

    void tunnelEnded() {
        forwarding.tunnelEnded();
        end(response.status());
        client.exchangeEnded(false);
    }

    void clientGone() {
        if (response.isTunnel()) {
            forwarding.closeTunnel();
        }
        forwarding.release(false);
        end(response.isBegun() ? response.status() : 499);
    }

    void tick(long now) {
        Wait waiting = waits == null ? null : waits.current();
        if (waiting != null) {
            Answer late = waiting.tick(now);
            if (late != null) {
                answer(late);
            }
            return;
        }
        Overdue overdue = forwarding.overdue(now - begun - heldNanos(), requestBody.complete(), response.isBegun(), now);
        if (overdue == null) {
            endWhereNoRouteLeads(now);
            return;
        }
        if (overdue.answer() == null) {
            response.cut();
        } else {
            answer(overdue.answer());
        }
    }

    /// Streams, tunnels and whatever else is open at a backend that was taken off its routes have their grace, then they end.
    private void endWhereNoRouteLeads(long now) {
        UpstreamPool.Peer at = forwarding.peer();
        if (at == null || !at.backend.isOver(now)) {
            return;
        }
        if (response.isBegun()) {
            response.cut();
        } else {
            answer(Answer.unreachable(at.backend, "no route leads to it any more"));
        }
    }

    /// For which the request waited for a wake.
    long heldNanos() {
        return waits == null ? 0 : waits.heldNanos();
    }

    /// Settles all accounts, once.
    private void end(int status) {
        if (ended) {
            return;
        }
        ended = true;
        if (waits != null) {
            waits.leave();
        }
        forwarding.leave();
        if (file != null) {
            file.end();
        }
        if (gate != null) {
            gate.leave();
        }
        UpstreamPool.Peer peer = forwarding.peer();
        (peer != null ? peer.answered : loop.answered(service)).add(status);
        log(status, peer);
        if (passage != null) {
            passage.ended(status, loop.now() - begun, response.bytes());
        }
        response.release();
        forwarding.end();
    }

    private void log(int status, UpstreamPool.@Nullable Peer peer) {
        AccessLines lines = loop.accessLines();
        if (lines == null || client.isOwn()) {
            return;
        }
        LogNote note = passage == null ? null : passage.note();
        var line = new AccessLines.Facts(address, status, response.bytes(), loop.now() - begun, heldNanos(), peer,
                passage == null ? NONE : passage.requestId(),
                passage == null ? NONE : passage.traceId(), client.origin().scheme(), client.origin().port());
        if (note != null) {
            lines.noted(note, line);
        } else if (!forwarding.log(lines, line)) {
            RequestHead head = loop.requestHead();
            if (waits != null || file != null) { // the loop has read other heads since
                head.parse(headBytes, 0, headBytes.length);
            }
            lines.answered(headBytes, head.methodFrom(),
                    new HeadRewriter.Places(head.methodTo(), head.targetTo(), head.authorityFrom(), head.authorityTo()), line);
        }
    }
}
