package reeve.serve.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import reeve.base.http.BodyKind;
import reeve.base.http.HeadResult;
import reeve.base.http.RequestHead;

/// One stream of a client's HTTP/2 connection: one request, one [Exchange]. Its head becomes text and is read like any other; its body
/// comes as DATA, and goes on in chunks where its length is not known. What waits for the backend is bounded by the stream's window,
/// which grows again only as the backend takes it. One loop.
final class Http2Request implements ClientStream {
    private static final byte[] CRLF = Bytes.ascii("\r\n");
    private static final int SMALL = 16 * 1024; // put with its framing into one buffer

    private final Http2Client client;
    private final Http2Handler handler;
    private final Http2Stream stream;
    private final Loop loop;
    private final Stall stall;
    private @Nullable Exchange exchange;
    private @Nullable ByteBuf pending;
    private @Nullable Bytes trailers;
    private boolean chunked;
    private boolean websocket;
    private boolean grpc;
    private boolean tunnel;
    private boolean begun;
    private boolean whole; // the client has ended its side
    private boolean passed; // and so has what went to the backend
    private boolean ended; // our side
    private boolean proceeding;

    Http2Request(Http2Client client, Http2Handler handler, Http2Stream stream) {
        this.client = client;
        this.handler = handler;
        this.stream = stream;
        this.loop = client.loop();
        this.stall = new Stall(loop.settings().timeouts().stall());
    }

    void begin(Http2Headers fields, boolean end) throws Http2Exception {
        whole = end;
        websocket = FieldsReader.asksWebsocket(fields);
        grpc = FieldsReader.callsGrpc(fields);
        Bytes text = loop.out();
        new FieldsReader(stream.id(), text).request(fields, end, websocket ? key() : "");
        byte[] scratch = loop.scratch();
        int length = Math.min(text.length(), scratch.length);
        System.arraycopy(text.array(), 0, scratch, 0, length);
        RequestHead head = loop.requestHead();
        switch (head.parse(scratch, 0, length)) {
            case HeadResult.Progress.COMPLETE -> {
                chunked = head.body() == BodyKind.CHUNKED;
                passed = head.body() == BodyKind.NONE;
                var next = new Exchange(loop, this, head);
                exchange = next;
                begun = true;
                next.begin(head);
            }
            case HeadResult.Progress.NEED_MORE -> refuse(Answer.bad(431, "the head is too large"));
            case HeadResult.Bad(int status, String reason) -> refuse(Answer.bad(status, reason));
        }
    }

    /// What HTTP/1.1 wants of who asks for a websocket (RFC 6455 §4.1).
    private String key() {
        byte[] nonce = new byte[16];
        for (int i = 0; i < nonce.length; i++) {
            nonce[i] = (byte) (loop.jitter().next() * 256);
        }
        return Base64.getEncoder().encodeToString(nonce);
    }

    private void refuse(Answer answer) {
        answer(answer, origin().formOfRefusal());
        origin().logRefusal(answer);
    }

    /// Whether its head was well-formed.
    boolean hasBegun() {
        return begun;
    }

    /// Whether the client has ended its side.
    boolean isWhole() {
        return whole;
    }

    /// @return bytes that the window grows by at once
    int data(ByteBuf data, boolean end) {
        whole |= end;
        int length = data.readableBytes();
        Exchange current = exchange;
        if (current == null) {
            return length;
        }
        if (pending == null && (tunnel ? current.takesTunnel() : current.takesBody())) {
            if (length > 0) {
                pass(current, data.retain());
            }
            proceed();
            return length;
        }
        if (length > 0) { // a copy: a slice would keep all of what was received with it
            pending = (pending == null ? loop.allocator().directBuffer(length) : pending).writeBytes(data);
        }
        proceed(); // where only the end is new
        return 0;
    }

    void trailers(Http2Headers fields) throws Http2Exception {
        whole = true;
        if (chunked) {
            trailers = new Bytes();
            new FieldsReader(stream.id(), trailers).trailers(fields);
        }
        proceed();
    }

    @Override
    public void proceed() {
        if (proceeding) {
            return;
        }
        proceeding = true;
        Exchange current = exchange;
        if (pending != null && current != null && (tunnel ? current.takesTunnel() : current.takesBody())) {
            ByteBuf waiting = pending;
            pending = null;
            int length = waiting.readableBytes();
            pass(current, waiting);
            consumed(length);
        }
        if (whole && !passed && pending == null && current != null && current == exchange) {
            passEnd(current);
        }
        proceeding = false;
        if (!inRead() && current != null) {
            current.flushUpstream();
        }
    }

    private void pass(Exchange to, ByteBuf data) {
        if (tunnel) {
            to.passTunnel(data);
        } else if (!chunked) {
            passBody(to, data);
        } else {
            int length = data.readableBytes();
            byte[] size = Bytes.ascii(Integer.toHexString(length) + "\r\n");
            if (length <= SMALL) {
                passBody(to, loop.allocator().directBuffer(size.length + length + CRLF.length).writeBytes(size).writeBytes(data)
                        .writeBytes(CRLF));
                data.release();
            } else {
                passBody(to, Unpooled.wrappedBuffer(size));
                passBody(to, data);
                passBody(to, Unpooled.wrappedBuffer(CRLF));
            }
        }
    }

    private static void passBody(Exchange to, ByteBuf part) {
        ByteBuf rest = to.passBody(part);
        if (rest != null) {
            rest.release();
        }
    }

    private void passEnd(Exchange to) {
        if (tunnel) {
            passed = true;
            to.clientGone();
            exchangeEnded(false);
        } else if (chunked && to.takesBody()) {
            passed = true;
            byte[] lines = trailers == null ? new byte[0] : trailers.copy();
            passBody(to, loop.allocator().directBuffer(lines.length + 5).writeBytes(Bytes.ascii("0\r\n")).writeBytes(lines)
                    .writeBytes(CRLF));
        } else if (!chunked) {
            passed = true;
        }
    }

    /// The backend took what had waited: the client may send as much.
    private void consumed(int length) {
        try {
            if (handler.connection().stream(stream.id()) != null
                    && handler.decoder().flowController().consumeBytes(stream, length)) {
                client.written();
                client.flush();
            }
        } catch (Http2Exception e) {
            handler.onError(context(), false, e);
        }
    }

    void flushUpstream() {
        if (exchange != null) {
            exchange.flushUpstream();
        }
    }

    void writabilityChanged() {
        if (exchange != null && isWritable()) {
            exchange.clientIsWritable();
        }
    }

    void tick(long now) {
        if (exchange != null) {
            exchange.tick(now);
        }
        boolean owes = exchange == null ? ended : exchange.response().isBegun() && !isWritable();
        if (!owes) {
            stall.none();
        } else if (stall.lasts(client.granted(), now)) {
            if (exchange == null) {
                reset(Http2Error.CANCEL);
            } else {
                exchange.cut(true);
            }
        }
    }

    /// The stream is no more: by its end in order, a reset of either side, or that of the connection.
    void closed() {
        ended = true;
        Exchange current = exchange;
        exchange = null;
        releasePending();
        if (current != null) {
            current.clientGone();
        }
    }

    private void releasePending() {
        if (pending != null) {
            pending.release();
            pending = null;
        }
    }

    private ChannelHandlerContext context() {
        return handler.context();
    }

    @Override
    public Origin origin() {
        return client.origin();
    }

    @Override
    public boolean isWritable() {
        return !ended && handler.encoder().flowController().isWritable(stream);
    }

    @Override
    public boolean takesChunks() {
        return false;
    }

    @Override
    public boolean inRead() {
        return client.inRead();
    }

    @Override
    public void writeHead(Bytes head) {
        if (FieldsWriter.status(head) == 101) {
            writeFields(FieldsWriter.tunnelAnswer(head), false);
        } else {
            writeFields(FieldsWriter.answer(head), false);
        }
    }

    @Override
    public void writeHead(Bytes head, ByteBuf part, boolean last) {
        boolean empty = !part.isReadable();
        writeFields(websocket ? FieldsWriter.tunnelAnswer(head) : FieldsWriter.answer(head), empty && last);
        if (!empty) {
            write(part.retain(), last);
        }
    }

    @Override
    public void write(ByteBuf part, boolean last) {
        if (ended || !part.isReadable() && !last) {
            part.release();
            return;
        }
        ended = last;
        client.written();
        handler.encoder().writeData(context(), stream.id(), part, 0, last, promise(last));
    }

    @Override
    public void writeTrailers(Bytes lines) {
        writeFields(FieldsWriter.trailers(lines), true);
    }

    @Override
    public void writeTunnel(ByteBuf part) {
        write(part, false);
    }

    private void writeFields(Http2Headers fields, boolean last) {
        if (ended) {
            return;
        }
        ended = last;
        client.written();
        handler.encoder().writeHeaders(context(), stream.id(), fields, 0, last, promise(last));
    }

    /// Once the answer is sent, a client that still sends its request is told not to (RFC 9113 §8.1).
    private ChannelPromise promise(boolean last) {
        ChannelPromise promise = context().newPromise();
        if (last && !whole) {
            promise.addListener(sent -> {
                if (sent.isSuccess() && !whole) {
                    reset(Http2Error.NO_ERROR);
                }
            });
        }
        return promise;
    }

    private void reset(Http2Error error) {
        ended = true;
        client.written();
        handler.resetStream(context(), stream.id(), error.code(), context().newPromise());
        client.flush();
    }

    @Override
    public void flush() {
        if (isWritable()) {
            client.flush();
        } else {
            client.flushNow();
        }
    }

    @Override
    public void answer(Answer answer, Answers.Form form) {
        if (grpc) {
            loop.answers().writeGrpc(answer, loop.date(), origin().answerLines(), form);
            writeFields(FieldsWriter.answer(loop.out()), true);
            return;
        }
        loop.answers().write(answer, loop.date(), origin().answerLines(), form);
        Bytes text = loop.out();
        int head = text.endOfHead();
        ByteBuf body = loop.allocator().directBuffer(text.length() - head).writeBytes(text.array(), head, text.length() - head);
        writeHead(text, body, true);
        body.release();
    }

    @Override
    public void becomeTunnel() {
        tunnel = true;
        passed = false;
    }

    @Override
    public void exchangeEnded(boolean keep) {
        exchange = null;
        releasePending();
        if (!ended) {
            write(Unpooled.EMPTY_BUFFER, true);
        }
    }

    @Override
    public void cut(boolean reset) {
        exchange = null;
        releasePending();
        reset(Http2Error.INTERNAL_ERROR);
    }
}
