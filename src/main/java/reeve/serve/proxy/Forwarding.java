package reeve.serve.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.ConnectException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import reeve.base.http.RequestHead;
import reeve.model.Failure;
import reeve.serve.route.RouteEntry;

/// One request's way to a backend: to which one, over which connection, and to another where that one fails it. One exchange, one loop.
final class Forwarding {
    private final Loop loop;
    private final Exchange exchange;
    private final Choice choice;
    private @Nullable UpstreamConnection upstream;
    private @Nullable ByteBuf head;
    private HeadRewriter.@Nullable Places places;
    private @Nullable Stall crawl;
    private long passed; // bytes of the request's body, or of the tunnel
    private long progress;
    private boolean retried;

    Forwarding(Loop loop, Exchange exchange) {
        this.loop = loop;
        this.exchange = exchange;
        this.choice = new Choice(loop);
        this.progress = loop.now();
    }

    /// Sends the request to the backend that its route leads to.
    /// @param bytes that the head was parsed from
    /// @param path  in the place of the client's; null: as it came
    /// @return false where no instance takes a request now
    boolean send(RouteEntry entry, RequestHead request, byte[] bytes, byte @Nullable [] path) {
        progress = loop.now();
        UpstreamPool.Peer to = choice.first(entry, request, bytes, exchange.address(), progress);
        if (to == null) {
            return false;
        }
        boolean upgrade = exchange.facts().protocol().isPresent();
        loop.rewriter().request(request, bytes, path, exchange.client().origin().forwarded(), to.host, upgrade);
        exchange.editRequest(loop.out());
        Passage passage = exchange.passage();
        if (passage != null) {
            passage.request(loop.out(), to);
        }
        if (entry.tls() != null) {
            loop.rewriter().add(exchange.client().origin().proof(entry.tls()));
        }
        head = loop.written();
        places = loop.accessLines() == null ? null : loop.rewriter().places();
        send(to);
        return true;
    }

    private void send(UpstreamPool.Peer to) {
        UpstreamConnection pooled = loop.pool().take(to, exchange.facts().repeatable(), progress);
        if (pooled == null) {
            loop.pool().connect(to, this);
        } else {
            begin(pooled);
        }
    }

    private void begin(UpstreamConnection connection) {
        upstream = connection;
        if (exchange.passage() != null) {
            exchange.passage().sending();
        }
        connection.serve(exchange);
        if (head != null) {
            connection.write(head.retain());
        }
        if (!exchange.client().inRead()) {
            connection.flush();
        }
    }

    /// Its connection is there: a new one, or one that another request has just done with.
    void connected(UpstreamConnection connection) {
        progress = loop.now();
        begin(connection);
        exchange.client().proceed();
    }

    void connectFailed(Throwable cause) {
        UpstreamPool.Peer to = choice.peer();
        if (hasEnded() || to == null) {
            return;
        }
        choice.failed(loop.now());
        if (elsewhere()) {
            return;
        }
        exchange.answer(switch (cause) {
            case ConnectTimeoutException _ ->
                    Answer.tooSlow(to.backend, "did not accept the connection", connectTimeout());
            case SslHandshakeTimeoutException _ -> Answer.tooSlow(to.backend, "did not finish the TLS handshake", connectTimeout());
            case SSLException e -> Answer.unreachable(to.backend, "no TLS with it: " + e.getMessage());
            case Failure e -> Answer.unreachable(to.backend, String.valueOf(e.getMessage()));
            case ConnectException _ -> Answer.unreachable(to.backend, "it refuses connections");
            default -> Answer.unreachable(to.backend, "the connection failed");
        });
        exchange.client().flush();
    }

    /// The backend's connection ended before its answer began.
    /// @param silent whether it sent nothing at all
    void lost(boolean silent) {
        UpstreamConnection lost = upstream;
        UpstreamPool.Peer to = choice.peer();
        if (lost == null || to == null || head == null) {
            return;
        }
        boolean repeatable = exchange.facts().repeatable();
        // only a connection that had waited in the pool dies for a reason that has nothing to do with this request
        if (silent && lost.reused() && repeatable && !retried) {
            retried = true;
            progress = loop.now();
            release(false);
            head.readerIndex(0);
            loop.pool().connect(to, this);
            return;
        }
        choice.failed(loop.now());
        if (!silent || !repeatable || !elsewhere()) {
            exchange.answer(Answer.brokenAnswer(to.backend, lost.end()));
        }
    }

    /// Sends the request to another instance, where the budget allows. Only for requests of which nothing is lost.
    private boolean elsewhere() {
        long now = loop.now();
        UpstreamPool.Peer next = head == null ? null : choice.next(now);
        if (next == null || head == null) {
            return false;
        }
        release(false);
        head.readerIndex(0);
        progress = now;
        send(next);
        exchange.client().proceed(); // a connection that was there takes the body at once
        return true;
    }

    boolean hasEnded() {
        return exchange.hasEnded();
    }

    Duration connectTimeout() {
        return choice.limits().connect().orElse(loop.settings().timeouts().connect());
    }

    /// The backend that has the request, or had it last; null before the first.
    UpstreamPool.@Nullable Peer peer() {
        return choice.peer();
    }

    Answer brokenAnswer(String why) {
        UpstreamPool.Peer peer = choice.peer();
        return peer == null ? Answer.bad(400, why) : Answer.brokenAnswer(peer.backend, why);
    }

    /// The backend's answer has begun; what the proxy has to add to its head is added.
    void answered(int status, Bytes to) {
        choice.answered(status, to, progress, exchange.encrypted());
    }

    void progressed() {
        progress = loop.now();
    }

    /// Something of the answer, or of the tunnel, has arrived.
    void received() {
        if (choice.limits().idle().isPresent()) {
            progress = loop.now();
        }
    }

    boolean isConnected() {
        return upstream != null;
    }

    boolean isWritable() {
        return upstream != null && upstream.isWritable();
    }

    /// Only where [#isConnected].
    void write(ByteBuf bytes) {
        if (upstream == null) {
            bytes.release();
        } else {
            passed += bytes.readableBytes();
            upstream.write(bytes);
        }
    }

    void flush() {
        if (upstream != null) {
            upstream.flush();
        }
    }

    /// Stops and resumes reading what the backend sends.
    void setReading(boolean wanted) {
        if (upstream != null) {
            upstream.setReading(wanted);
        }
    }

    /// Gives the connection back.
    /// @param reusable whether it can take another request
    void release(boolean reusable) {
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

    /// The client has left the tunnel: what it sent is still delivered.
    void closeTunnel() {
        if (upstream != null) {
            upstream.closeAfterFlush();
            upstream = null;
        }
    }

    /// The backend has left it.
    void tunnelEnded() {
        upstream = null;
    }

    /// @param lasted       nanoseconds since the request came, without those in which its service woke
    /// @param bodyComplete whether the whole request was received
    /// @return null while all is in time
    @Nullable Overdue overdue(long lasted, boolean bodyComplete, boolean answerBegun, long now) {
        UpstreamPool.Peer peer = choice.peer();
        if (peer == null) {
            return null;
        }
        Overdue.Stage stage = stage(bodyComplete, answerBegun);
        Overdue overdue = Overdue.of(stage, peer.backend, choice.limits(), loop.settings().timeouts(), lasted, now - progress,
                crawls(stage, now));
        if (overdue != null && overdue.ofBackend()) {
            choice.failed(now);
        }
        return overdue;
    }

    /// Whether the client sends its body too slowly. Watched only from the first tick on that finds it missing.
    private boolean crawls(Overdue.Stage stage, long now) {
        if (stage != Overdue.Stage.CLIENT) {
            crawl = null;
            return false;
        }
        crawl = crawl == null ? new Stall(loop.settings().timeouts().stall()) : crawl;
        return crawl.lasts(passed, progress, now);
    }

    private Overdue.Stage stage(boolean bodyComplete, boolean answerBegun) {
        if (answerBegun) {
            return Overdue.Stage.REST;
        }
        if (upstream == null) {
            return Overdue.Stage.CONNECTION;
        }
        if (bodyComplete) {
            return Overdue.Stage.HEAD;
        }
        return upstream.isWritable() ? Overdue.Stage.CLIENT : Overdue.Stage.ROOM;
    }

    /// The request is the backend's no more.
    void leave() {
        choice.leave();
    }

    /// @return false where the request was never written anew
    boolean log(AccessLines lines, AccessLines.Facts line) {
        if (head == null || places == null) {
            return false;
        }
        lines.forwarded(head, places, line);
        return true;
    }

    /// Last: the rewritten head is gone.
    void end() {
        if (head != null) {
            head.release();
            head = null;
        }
    }
}
