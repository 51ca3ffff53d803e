package reeve.serve.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import reeve.base.http.BodyKind;
import reeve.base.http.HeadResult;
import reeve.base.http.KnownHeader;
import reeve.base.http.ResponseHead;

/// Passes a backend's answer on to the client. One exchange, one loop.
final class ResponseRelay {
    private static final int MOST_INTERIM = 32;

    private final Loop loop;
    private final Exchange exchange;
    private State state = State.HEAD;
    private BodyFraming body;
    private @Nullable ByteBuf partial;
    private @Nullable Squeeze squeeze;
    private boolean silent = true;
    private boolean keepUpstream;
    private boolean keepClient;
    private boolean untilClose;
    private int interims;
    private int status;
    private long bytes;

    private enum State { HEAD, BODY, TUNNEL, DONE }

    ResponseRelay(Loop loop, Exchange exchange) {
        this.loop = loop;
        this.exchange = exchange;
        this.body = loop.noBody();
    }

    int status() {
        return status;
    }

    /// Of the body, or of the tunnel towards the client.
    long bytes() {
        return bytes;
    }

    /// Whether the client has got something of it: no other answer is possible then.
    boolean isBegun() {
        return state != State.HEAD;
    }

    boolean isTunnel() {
        return state == State.TUNNEL;
    }

    /// The head of an answer of the proxy's own goes out, whose body follows in parts.
    void beginOwn(int its) {
        status = its;
        state = State.BODY;
    }

    /// Of such a body.
    void sent(int length) {
        bytes += length;
    }

    /// Takes over what was received.
    void read(ByteBuf received) {
        ByteBuf in = received;
        silent = false;
        exchange.forwarding().received();
        if (partial != null) {
            in = partial.writeBytes(received);
            partial = null;
            received.release();
        }
        while (state == State.HEAD && in.isReadable()) {
            if (!readHead(in)) {
                return;
            }
        }
        switch (state) {
            case BODY -> passBody(in);
            case TUNNEL -> passTunnel(in);
            case HEAD, DONE -> in.release();
        }
    }

    /// @return whether the buffer is still the caller's, because there may be more in it
    private boolean readHead(ByteBuf in) {
        byte[] scratch = loop.scratch();
        int length = Math.min(in.readableBytes(), scratch.length);
        in.getBytes(in.readerIndex(), scratch, 0, length);
        ResponseHead head = loop.responseHead();
        switch (head.parse(scratch, 0, length)) {
            case HeadResult.Progress.COMPLETE -> {
                in.skipBytes(head.to());
                if (head.status() == 101) {
                    return upgrade(head, scratch, in);
                }
                if (head.status() < 200) {
                    return interim(head, scratch, in);
                }
                begin(head, scratch, in);
                return false;
            }
            case HeadResult.Progress.NEED_MORE -> {
                partial = in;
                return false;
            }
            case HeadResult.Bad(int _, String reason) -> {
                in.release();
                exchange.answer(exchange.forwarding().brokenAnswer(reason));
                return false;
            }
        }
    }

    /// RFC 9110 §15.2: passed on, but never to HTTP/1.0; a 100 only to who waits for it.
    private boolean interim(ResponseHead head, byte[] scratch, ByteBuf in) {
        if (++interims > MOST_INTERIM) {
            in.release();
            exchange.answer(exchange.forwarding().brokenAnswer("it sends interim answers without end"));
            return false;
        }
        exchange.forwarding().progressed();
        RequestFacts facts = exchange.facts();
        if (!facts.http10() && (head.status() != 100 || facts.expectsContinue())) {
            loop.rewriter().response(head, scratch, loop.date(), BodyKind.NONE, false, HeadRewriter.Connection.KEEP);
            exchange.client().writeHead(loop.out());
        }
        return true;
    }

    /// A tunnel opens only when it was asked for and the backend agrees in form (RFC 9110 §7.8).
    private boolean upgrade(ResponseHead head, byte[] scratch, ByteBuf in) {
        if (!agrees(head)) {
            in.release();
            exchange.answer(exchange.forwarding().brokenAnswer("it changes the protocol in a way nobody asked for"));
            return false;
        }
        status = 101;
        state = State.TUNNEL;
        loop.rewriter().response(head, scratch, loop.date(), BodyKind.NONE, false, HeadRewriter.Connection.UPGRADE);
        if (exchange.passage() != null) {
            exchange.passage().response(loop.out());
        }
        exchange.client().writeHead(loop.out());
        exchange.client().becomeTunnel();
        exchange.client().proceed();
        return true;
    }

    private boolean agrees(ResponseHead head) {
        String asked = exchange.facts().protocol().orElse("");
        boolean accepted = !asked.equals("websocket");
        boolean named = false;
        for (int i = 0; i < head.count(); i++) {
            accepted |= head.known(i) == KnownHeader.SEC_WEBSOCKET_ACCEPT;
            if (head.known(i) == KnownHeader.UPGRADE) {
                if (named || !head.value(i).equalsIgnoreCase(asked)) {
                    return false;
                }
                named = true;
            }
        }
        return named && accepted && head.upgradeListed();
    }

    private void begin(ResponseHead head, byte[] scratch, ByteBuf in) {
        RequestFacts facts = exchange.facts();
        BodyKind kind = head.body(facts.answersHead());
        Passage passage = exchange.passage();
        Answer instead = passage == null ? null : passage.inPlaceOf(head.status());
        Squeezing squeezing = passage == null || instead != null ? null : passage.squeezing();
        squeeze = squeezing == null ? null : squeezing.begin(loop, head, kind, facts, exchange.client().takesChunks());
        boolean unframe = kind == BodyKind.CHUNKED && (facts.http10() || squeeze != null || !exchange.client().takesChunks());
        boolean trailers = kind == BodyKind.CHUNKED && facts.takesTrailers() && squeeze == null;
        BodyFraming framing = kind == BodyKind.NONE ? loop.noBody()
                : new BodyFraming(kind, head.contentLength(), unframe, trailers ? Trailers.of(head) : null);
        ByteBuf part = framing.take(in);
        if (part == null) {
            in.release();
            exchange.answer(exchange.forwarding().brokenAnswer("its chunked body is not valid"));
            return;
        }
        boolean reusable = head.keepsAlive() && kind != BodyKind.UNTIL_CLOSE;
        if (instead != null) {
            replace(instead, head.status(), part, in, reusable && framing.complete());
            return;
        }
        status = head.status();
        state = State.BODY;
        body = framing;
        untilClose = squeeze == null && (kind == BodyKind.UNTIL_CLOSE || unframe && facts.http10());
        keepUpstream = reusable;
        keepClient = facts.keepsAlive() && !untilClose && exchange.requestComplete() && !loop.draining();
        BodyKind sent = squeeze != null ? BodyKind.CHUNKED : unframe ? BodyKind.UNTIL_CLOSE : kind;
        loop.rewriter().response(head, scratch, loop.date(), sent, trailers, connection(facts));
        exchange.forwarding().answered(status, loop.out());
        byte[] added = exchange.answerLines();
        if (added.length > 0) {
            loop.rewriter().add(added);
        }
        if (exchange.admission() != null) {
            exchange.admission().response(loop.out());
        }
        if (squeezing != null) {
            squeezing.tell(loop, squeeze != null);
        }
        if (passage != null) {
            passage.response(loop.out());
        }
        if (squeeze == null) {
            bytes = part.readableBytes();
            Bytes trailing = body.trailing();
            exchange.client().writeHead(loop.out(), part, body.complete() && trailing == null);
            writeTrailing(trailing);
        } else if (!squeezeWithHead(squeeze, part)) {
            drop(part, in);
            return;
        }
        passed(part, in);
    }

    /// @return false where it failed, and the exchange is over
    private boolean squeezeWithHead(Squeeze by, ByteBuf part) {
        Bytes head = loop.out();
        ByteBuf squeezed = by.take(part, body.complete());
        if (squeezed == null) {
            exchange.cut(true);
            return false;
        }
        bytes = squeezed.readableBytes();
        exchange.client().writeHead(head, squeezed, body.complete());
        squeezed.release();
        return true;
    }

    /// @param whole whether all of the backend's answer has come, and its connection can be used again
    private void replace(Answer instead, int its, ByteBuf part, ByteBuf in, boolean whole) {
        boolean extra = part != in && in.isReadable();
        drop(part, in);
        exchange.forwarding().answered(its, loop.out()); // what is added to its head goes with it
        exchange.answer(instead, whole && !extra);
    }

    private HeadRewriter.Connection connection(RequestFacts facts) {
        if (!keepClient) {
            return HeadRewriter.Connection.CLOSE;
        }
        return facts.http10() ? HeadRewriter.Connection.KEEP_HTTP_1_0 : HeadRewriter.Connection.KEEP;
    }

    private void passBody(ByteBuf in) {
        ByteBuf part = body.take(in);
        if (part == null) {
            in.release();
            exchange.cut(untilClose);
            return;
        }
        ByteBuf out = squeeze == null ? part.retain() : squeeze.take(part, body.complete());
        if (out == null) {
            drop(part, in);
            exchange.cut(untilClose);
            return;
        }
        bytes += out.readableBytes();
        Bytes trailing = body.trailing();
        exchange.client().write(out, body.complete() && trailing == null);
        writeTrailing(trailing);
        passed(part, in);
    }

    private void writeTrailing(@Nullable Bytes trailing) {
        if (trailing != null) {
            exchange.client().writeTrailers(trailing);
        }
    }

    /// Releases what was read, and sees what comes next.
    private void passed(ByteBuf part, ByteBuf in) {
        boolean extra = part != in && in.isReadable();
        drop(part, in);
        if (body.complete()) {
            state = State.DONE;
            exchange.responseDone(keepUpstream && !extra, keepClient);
        } else {
            pauseWhereClientIsSlow();
        }
    }

    private static void drop(ByteBuf part, ByteBuf in) {
        part.release();
        if (part != in) {
            in.release();
        }
    }

    private void passTunnel(ByteBuf in) {
        bytes += in.readableBytes();
        exchange.client().writeTunnel(in);
        pauseWhereClientIsSlow();
    }

    private void pauseWhereClientIsSlow() {
        ClientStream client = exchange.client();
        if (!client.isWritable()) {
            client.flush();
        }
        if (!client.isWritable()) {
            exchange.forwarding().setReading(false);
        }
    }

    /// The request turned out to be broken while its body was passed on.
    void broken(Answer answer) {
        if (isBegun()) {
            exchange.cut(untilClose);
        } else {
            exchange.answer(answer);
        }
    }

    /// The answer takes too long.
    void cut() {
        exchange.cut(untilClose);
    }

    /// The backend's connection has ended.
    /// @param broken whether by a reset instead of an orderly close
    void upstreamClosed(boolean broken) {
        releasePartial();
        switch (state) {
            case HEAD -> exchange.forwarding().lost(silent);
            case BODY -> {
                if (body.kind() == BodyKind.UNTIL_CLOSE && !broken) {
                    state = State.DONE;
                    endSqueezed();
                    exchange.responseDone(false, squeeze != null && keepClient);
                } else {
                    exchange.cut(untilClose);
                }
            }
            case TUNNEL -> exchange.tunnelEnded();
            case DONE -> { }
        }
        exchange.client().flush();
    }

    /// The end of the connection was the end of the body: what is compressed has to say so itself.
    private void endSqueezed() {
        ByteBuf rest = squeeze == null ? null : squeeze.take(Unpooled.EMPTY_BUFFER, true);
        if (rest != null) {
            bytes += rest.readableBytes();
            exchange.client().write(rest, true);
        }
    }

    void release() {
        if (squeeze != null) {
            squeeze.abandon();
        }
        releasePartial();
    }

    private void releasePartial() {
        if (partial != null) {
            partial.release();
            partial = null;
        }
    }
}
