package reeve.serve.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import reeve.base.http.BodyKind;
import reeve.base.http.RequestHead;
import reeve.model.Redirect;
import reeve.model.ServiceId;
import reeve.serve.route.Balancer;
import reeve.serve.route.Route;
import reeve.serve.route.RouteEntry;
import reeve.serve.route.RouteRequest;
import reeve.sleep.WakeGate;

/// One request and its answer, from the accepted head to the last byte. One loop.
final class Exchange {
    private static final int MOST_HOLDS = 8;

    private final Loop loop;
    private final ClientConnection client;
    private final ResponseRelay response;
    private final BodyFraming requestBody;
    private final RequestFacts facts;
    private final Choice choice;
    private final long begun;
    private byte[] headBytes;
    private @Nullable ServiceTraffic gate;
    private @Nullable HeldRequest held;
    private @Nullable ServiceId service;
    private @Nullable UpstreamConnection upstream;
    private @Nullable ByteBuf rewritten;
    private HeadRewriter.@Nullable Places places;
    private @Nullable QueuedRequest queued;
    private long queuedSince;
    private boolean kept;
    private int holds;
    private long heldSince;
    private long heldNanos;
    private long progress;
    private boolean retried;
    private boolean ended;

    Exchange(Loop loop, ClientConnection client, RequestHead head) {
        this.loop = loop;
        this.client = client;
        this.headBytes = loop.scratch();
        this.facts = RequestFacts.of(head, headBytes);
        this.requestBody = head.body() == BodyKind.NONE ? loop.noBody() : new BodyFraming(head.body(), head.contentLength(), false,
                facts.takesTrailers() ? Trailers.of(head) : null);
        this.response = new ResponseRelay(loop, this);
        this.choice = new Choice(loop);
        this.begun = loop.now();
        this.progress = begun;
    }

    ClientConnection client() {
        return client;
    }

    ResponseRelay response() {
        return response;
    }

    RequestFacts facts() {
        return facts;
    }

    boolean requestComplete() {
        return requestBody.complete();
    }

    /// Finds the request's way in the table as it is now.
    void route(RequestHead head, byte[] bytes) {
        headBytes = bytes;
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
        if (found == null) {
            answer(Answer.noRoute());
            return;
        }
        RouteEntry entry = found.share(loop.jitter(), service);
        if (request.isTooAmbiguousFor(entry)) {
            answer(Answer.ambiguousPath(entry.route().spec()));
            return;
        }
        switch (entry.route().destination()) {
            case Route.ToRedirect(Redirect redirect) -> answer(Answer.redirect(redirect, Redirection.of(redirect, entry, head)));
            case Route.ToExternal _ -> send(entry, head);
            case Route.ToService service -> toService(service, entry, head);
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
        if (++holds > MOST_HOLDS) {
            answer(Answer.wakeFailed(service, "it falls asleep as soon as it is awake", Duration.ofSeconds(1)));
            return;
        }
        keepHead(head);
        heldSince = loop.now();
        var waiter = new HeldRequest(loop, this);
        held = waiter;
        loop.wakeGate().await(service, waiter);
    }

    /// The scratch array is everybody's.
    private void keepHead(RequestHead head) {
        if (!kept) {
            kept = true;
            headBytes = Arrays.copyOfRange(headBytes, head.from(), head.to());
        }
    }

    /// The wait for a sleeping service is over; the table may be another one by now.
    void woken(WakeGate.Outcome outcome) {
        ServiceId waitedFor = service;
        if (ended || waitedFor == null) {
            return;
        }
        held = null;
        heldNanos += loop.now() - heldSince;
        RequestHead head = loop.requestHead();
        head.parse(headBytes, 0, headBytes.length);
        switch (outcome) {
            case WakeGate.Outcome.Awake _ -> route(head, headBytes);
            case WakeGate.Outcome.Failed(var reason, var retryAfter) -> answer(Answer.wakeFailed(waitedFor, reason, retryAfter));
            case WakeGate.Outcome.TimedOut(var waited) -> answer(Answer.wakeTimedOut(waitedFor, waited));
            case WakeGate.Outcome.Refused(var retryAfter) -> answer(Answer.tooManyWait(waitedFor, retryAfter));
        }
        client.proceed();
        client.flush();
    }

    private void send(RouteEntry entry, RequestHead head) {
        progress = loop.now();
        UpstreamPool.Peer to = choice.first(entry, head, headBytes, client.address(), progress);
        if (to == null) {
            if (entry.route().destination() instanceof Route.ToService(var id, _, _, _, _)) {
                refuseOrQueue(entry.balancer(), id, head);
            }
            return;
        }
        byte[] path = entry.changesPath() ? asked(head).forwardedPath(entry) : null;
        loop.rewriter().request(head, headBytes, path, client.forwarded(), to.host, facts.protocol().isPresent());
        rewritten = loop.written();
        places = loop.accessLines() == null ? null : loop.rewriter().places();
        send(to);
    }

    private void send(UpstreamPool.Peer to) {
        UpstreamConnection pooled = loop.pool().take(to, facts.repeatable(), progress);
        if (pooled == null) {
            loop.pool().connect(to, this);
        } else {
            begin(pooled);
        }
    }

    private void refuseOrQueue(Balancer from, ServiceId id, RequestHead head) {
        if (from.size() == 0) {
            answer(Answer.notReady(id));
            return;
        }
        keepHead(head);
        queuedSince = queuedSince == 0 ? progress : queuedSince;
        var waiter = new QueuedRequest(loop, this, from);
        if (waiter.waitsTooLong(progress - queuedSince) || !waiter.enter()) {
            answer(Answer.full(id));
        } else {
            queued = waiter;
        }
    }

    /// It is its turn in the queue; the table may be another one by now.
    void roomMade() {
        queued = null;
        RequestHead head = loop.requestHead();
        head.parse(headBytes, 0, headBytes.length);
        route(head, headBytes);
        client.proceed();
        client.flush();
    }

    /// Sends the request to another instance, where the budget allows. Only for requests of which nothing is lost.
    private boolean elsewhere() {
        long now = loop.now();
        UpstreamPool.Peer next = rewritten == null ? null : choice.next(now);
        if (next == null || rewritten == null) {
            return false;
        }
        releaseUpstream(false);
        rewritten.readerIndex(0);
        progress = now;
        send(next);
        client.proceed(); // a connection that was there takes the body at once
        return true;
    }

    /// The backend's answer has begun; what the proxy has to add to its head is added.
    void answered(int status, Bytes head) {
        choice.answered(status, head, progress, client.encrypted());
    }

    Duration connectTimeout() {
        return choice.limits().connect().orElse(loop.settings().timeouts().connect());
    }

    /// Something of the answer, or of the tunnel, has arrived.
    void received() {
        if (choice.limits().idle().isPresent()) {
            progress = loop.now();
        }
    }

    private void begin(UpstreamConnection connection) {
        upstream = connection;
        connection.serve(this);
        if (rewritten != null) {
            connection.write(rewritten.retain());
        }
        if (!client.inRead()) {
            connection.flush();
        }
    }

    boolean hasEnded() {
        return ended;
    }

    /// Its connection is there: a new one, or one that another exchange has just done with.
    void connected(UpstreamConnection connection) {
        progress = loop.now();
        begin(connection);
        client.proceed();
    }

    void connectFailed(Throwable cause) {
        UpstreamPool.Peer to = choice.peer();
        if (ended || to == null) {
            return;
        }
        choice.failed(loop.now());
        if (elsewhere()) {
            return;
        }
        answer(switch (cause) {
            case ConnectTimeoutException _ ->
                    Answer.tooSlow(to.backend, "did not accept the connection", connectTimeout());
            case ConnectException _ -> Answer.unreachable(to.backend, "it refuses connections");
            default -> Answer.unreachable(to.backend, "the connection failed");
        });
        client.flush();
    }

    boolean takesBody() {
        return upstream != null && !requestBody.complete() && upstream.isWritable();
    }

    boolean takesTunnel() {
        return upstream != null && upstream.isWritable();
    }

    /// False only where writing more would pile up.
    boolean upstreamIsWritable() {
        return upstream == null || upstream.isWritable();
    }

    /// @return what follows the body; null where nothing does
    @Nullable ByteBuf passBody(ByteBuf in) {
        ByteBuf part = requestBody.take(in);
        if (part == null || upstream == null) {
            in.release();
            response.broken(Answer.bad(400, "the chunked body is not valid"));
            return null;
        }
        progress = loop.now();
        upstream.write(part);
        return part == in ? null : in;
    }

    void passTunnel(ByteBuf in) {
        received();
        if (upstream != null) {
            upstream.write(in);
        } else {
            in.release();
        }
    }

    void flushUpstream() {
        if (upstream != null) {
            upstream.flush();
        }
    }

    void clientIsWritable() {
        if (upstream != null) {
            upstream.setReading(true);
        }
    }

    void pauseUpstream() {
        if (upstream != null) {
            upstream.setReading(false);
        }
    }

    void progressed() {
        progress = loop.now();
    }

    /// Answers in the backend's place, while nothing of its answer has been sent.
    void answer(Answer answer) {
        if (ended) {
            return;
        }
        releaseUpstream(false);
        boolean keep = facts.keepsAlive() && requestBody.complete() && !loop.draining();
        client.answer(answer, client.form(answer, facts.wantsHtml(), facts.answersHead(), !keep, facts.http10()));
        end(answer.status());
        client.exchangeEnded(keep);
        if (!client.inRead()) {
            client.flush();
        }
    }

    /// The backend's connection ended before its answer began.
    /// @param silent whether it sent nothing at all
    void upstreamLost(boolean silent) {
        UpstreamConnection lost = upstream;
        UpstreamPool.Peer to = choice.peer();
        if (lost == null || to == null || rewritten == null) {
            return;
        }
        // only a connection that had waited in the pool dies for a reason that has nothing to do with this request
        if (silent && lost.reused() && facts.repeatable() && !retried) {
            retried = true;
            progress = loop.now();
            releaseUpstream(false);
            rewritten.readerIndex(0);
            loop.pool().connect(to, this);
            return;
        }
        choice.failed(loop.now());
        if (!silent || !facts.repeatable() || !elsewhere()) {
            answer(Answer.brokenAnswer(to.backend, "it closed the connection before it answered"));
        }
    }

    Answer brokenAnswer(String why) {
        UpstreamPool.Peer peer = choice.peer();
        return peer == null ? Answer.bad(400, why) : Answer.brokenAnswer(peer.backend, why);
    }

    /// The answer has been passed on whole.
    /// @param reusable whether the backend's connection can take another request
    void responseDone(boolean reusable, boolean keepClient) {
        boolean clean = requestBody.complete();
        releaseUpstream(reusable && clean);
        end(response.status());
        client.exchangeEnded(keepClient && clean);
    }

    /// The answer ended too early: the client must see that.
    void cut(boolean reset) {
        releaseUpstream(false);
        end(response.status());
        client.cut(reset);
    }

    void tunnelEnded() {
        upstream = null;
        end(response.status());
        client.exchangeEnded(false);
    }

    void clientGone() {
        if (held != null) {
            held.leave();
        }
        if (upstream != null && response.isTunnel()) {
            upstream.closeAfterFlush();
            upstream = null;
        }
        releaseUpstream(false);
        end(response.isBegun() ? response.status() : 499);
    }

    private void releaseUpstream(boolean reusable) {
        UpstreamConnection connection = upstream;
        upstream = null;
        if (connection == null) {
            return;
        }
        if (reusable) {
            connection.rest(loop.now());
        } else {
            connection.abandon();
        }
    }

    void tick(long now) {
        if (queued != null) {
            waitOn(queued, now);
            return;
        }
        UpstreamPool.Peer peer = choice.peer();
        if (peer == null) {
            return; // the wake gate limits the wait for a wake
        }
        Overdue overdue = Overdue.of(stage(), peer.backend, choice.limits(), loop.settings().timeouts(), now - begun - heldNanos,
                now - progress);
        if (overdue == null) {
            return;
        }
        if (overdue.ofBackend()) {
            choice.failed(now);
        }
        if (overdue.answer() == null) {
            response.cut();
        } else {
            answer(overdue.answer());
        }
    }

    private Overdue.Stage stage() {
        if (response.isBegun()) {
            return Overdue.Stage.REST;
        }
        if (upstream == null) {
            return Overdue.Stage.CONNECTION;
        }
        if (requestBody.complete()) {
            return Overdue.Stage.HEAD;
        }
        return upstream.isWritable() ? Overdue.Stage.CLIENT : Overdue.Stage.ROOM;
    }

    private void waitOn(QueuedRequest waiting, long now) {
        if (waiting.waitsTooLong(now - queuedSince) && service != null) {
            answer(Answer.full(service));
        } else {
            waiting.look(now);
        }
    }

    /// Settles all accounts, once.
    private void end(int status) {
        if (ended) {
            return;
        }
        ended = true;
        if (queued != null) {
            queued.leave();
            queued = null;
        }
        choice.leave();
        if (gate != null) {
            gate.leave();
        }
        UpstreamPool.Peer peer = choice.peer();
        (peer != null ? peer.answered : loop.answered(service)).add(status);
        log(status);
        response.release();
        if (rewritten != null) {
            rewritten.release();
            rewritten = null;
        }
    }

    private void log(int status) {
        AccessLines lines = loop.accessLines();
        if (lines == null) {
            return;
        }
        UpstreamPool.Peer peer = choice.peer();
        byte[] members = peer == null ? new byte[0] : peer.logMembers;
        var line = new AccessLines.Facts(client.address(), status, response.bytes(), loop.now() - begun, heldNanos, members);
        if (rewritten != null && places != null) {
            lines.forwarded(rewritten, places, line);
        } else {
            RequestHead head = loop.requestHead();
            if (kept) { // the loop has read other heads since
                head.parse(headBytes, 0, headBytes.length);
            }
            lines.answered(headBytes, head.methodFrom(),
                    new HeadRewriter.Places(head.methodTo(), head.targetTo(), head.authorityFrom(), head.authorityTo()), line);
        }
    }
}
