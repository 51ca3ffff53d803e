package reeve.serve.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A client's HTTP/2 connection: each of its streams is an [Http2Request]. One loop.
final class Http2Client extends Http2EventAdapter implements Client, Http2Handler.Events {
    private static final byte[] PREFACE = Bytes.ascii("PRI * HTTP/2.0\r\n\r\n");

    private final Loop loop;
    private final Entrance entrance;
    private final Stall stall;
    private final Http2Handler handler;
    private final Http2Connection.PropertyKey requestKey;
    private final List<Http2Request> touched = new ArrayList<>();
    private final PastStreams past = new PastStreams();
    private @Nullable Origin origin;
    private boolean inRead;
    private boolean unflushed;
    private boolean flushing;
    private boolean leaving;
    private long deadline;
    private long granted;

    Http2Client(Loop loop, Entrance entrance) {
        this.loop = loop;
        this.entrance = entrance;
        this.stall = new Stall(loop.settings().timeouts().stall());
        this.handler = Http2Handler.server(this, new Http2Settings()
                .maxConcurrentStreams(loop.settings().streams())
                .initialWindowSize(Http2Handler.STREAM_WINDOW)
                .maxHeaderListSize(loop.settings().head().bytes())
                .connectProtocolEnabled(true));
        this.requestKey = handler.connection().newKey();
        handler.encoder().flowController().listener(stream -> {
            Http2Request request = request(stream);
            if (request != null) {
                request.writabilityChanged();
            }
        });
    }

    /// Whether a connection that begins like this speaks HTTP/2 (RFC 9113 §3.4).
    static boolean isPreface(byte[] bytes, int length) {
        int compared = Math.min(length, PREFACE.length);
        return compared > 4 && Arrays.equals(bytes, 0, compared, PREFACE, 0, compared);
    }

    /// To be put into the pipeline of a connection that is there, before [#begin].
    Http2Handler handler() {
        return handler;
    }

    /// The connection is in its place.
    void begin() {
        origin = new Origin(loop, entrance, true, context().channel());
        deadline = loop.now() + loop.settings().timeouts().clientHead().toNanos();
        boolean admitted = loop.admit(this);
        if (!loop.admitsMore(context().channel())) {
            leave(Http2Error.ENHANCE_YOUR_CALM, Answer.tooManyOfOneClient().text());
        } else if (!admitted) {
            leave(Http2Error.ENHANCE_YOUR_CALM, Answer.tooManyConnections().text());
        }
    }

    Loop loop() {
        return loop;
    }

    Origin origin() {
        if (origin == null) {
            throw new IllegalStateException("cannot forward for a client before it is connected");
        }
        return origin;
    }

    ChannelHandlerContext context() {
        return handler.context();
    }

    boolean inRead() {
        return inRead;
    }

    /// How many bytes the client has allowed to be sent, all in all.
    long granted() {
        return granted;
    }

    private @Nullable Http2Request request(@Nullable Http2Stream stream) {
        return stream == null ? null : stream.getProperty(requestKey);
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end) throws Http2Exception {
        Http2Stream stream = handler.connection().stream(id);
        Http2Request known = request(stream);
        if (known != null) {
            touched.add(known);
            known.trailers(headers);
            return;
        }
        past.opened(id);
        var request = new Http2Request(this, handler, stream);
        stream.setProperty(requestKey, request);
        touched.add(request);
        request.begin(headers, end);
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers headers, int dependsOn, short weight, boolean exclusive,
            int padding, boolean end) throws Http2Exception {
        onHeadersRead(ctx, id, headers, padding, end);
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end) {
        Http2Request request = request(handler.connection().stream(id));
        if (request == null) {
            return data.readableBytes() + padding;
        }
        touched.add(request);
        return padding + request.data(data, end);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
        Integer window = settings.initialWindowSize();
        granted += window == null ? 0 : window;
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int id, int increment) {
        granted += increment;
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
        Http2Request request = request(stream);
        if (request != null) {
            if (request.isWhole()) {
                past.ended(stream.id());
            }
            request.closed();
        }
        deadline = loop.now() + loop.settings().timeouts().clientIdle().toNanos();
        if (leaving && handler.connection().numActiveStreams() == 0) {
            closeAfterFlush();
        }
    }

    @Override
    public void reading() {
        inRead = true;
    }

    @Override
    public void readComplete() {
        inRead = false;
        unflushed = false;
        for (Http2Request request : touched) {
            request.flushUpstream();
        }
        touched.clear();
    }

    /// Something was written, and is to be flushed before long.
    void written() {
        unflushed = true;
    }

    /// What answers of several backends bring in one round of the loop is sent together, at its end.
    void flush() {
        if (unflushed && !flushing && !inRead) {
            flushing = true;
            loop.executor().execute(() -> {
                flushing = false;
                flushNow();
            });
        }
    }

    void flushNow() {
        if (unflushed) {
            unflushed = false;
            handler.flush(context());
        }
    }

    @Override
    public void tick(long now) {
        requests().forEach(request -> request.tick(now));
        if (context().channel().isWritable()) {
            stall.none();
        } else if (stall.lasts(context().channel().bytesBeforeWritable(), now)) {
            abort();
            return;
        }
        if (now - deadline <= 0 || handler.connection().numActiveStreams() > 0) {
            return;
        }
        if (leaving) {
            abort(); // it had its time to take the last answer, and to leave
        } else if (handler.decoder().prefaceReceived()) {
            leave(Http2Error.NO_ERROR, "");
        } else {
            leave(Http2Error.PROTOCOL_ERROR, "its preface did not arrive in time");
        }
    }

    private List<Http2Request> requests() {
        var requests = new ArrayList<Http2Request>(handler.connection().numActiveStreams());
        try {
            handler.connection().forEachActiveStream(stream -> {
                Http2Request request = request(stream);
                if (request != null) {
                    requests.add(request);
                }
                return true;
            });
        } catch (Http2Exception e) {
            throw new IllegalStateException("no visitor here throws it", e);
        }
        return requests;
    }

    /// Its client learns which requests still count, and sends others elsewhere.
    @Override
    public void retire() {
        drain();
    }

    @Override
    public void drain() {
        leave(Http2Error.NO_ERROR, "");
    }

    /// Takes no more requests; those that came are answered. A client sends the others elsewhere (RFC 9113 §6.8).
    private void leave(Http2Error error, String reason) {
        if (leaving) {
            return;
        }
        leaving = true;
        ByteBuf debug = reason.isEmpty() ? Unpooled.EMPTY_BUFFER : Unpooled.copiedBuffer(reason, StandardCharsets.US_ASCII);
        handler.goAway(context(), handler.connection().remote().lastStreamCreated(), error.code(), debug, context().newPromise());
        handler.flush(context());
        if (handler.connection().numActiveStreams() == 0) {
            closeAfterFlush();
        }
    }

    private void closeAfterFlush() {
        deadline = loop.now() + Farewell.LASTS.toNanos();
        handler.flush(context());
        Farewell.say(context());
    }

    @Override
    public void abort() {
        context().pipeline().firstContext().close();
    }

    @Override
    public void writabilityChanged() {
        // each stream is told of its own
    }

    /// A client that goes on with a stream after its end, or goes back to one that it left out, is not one to go on with; one whose
    /// frames have crossed a reset of ours is (RFC 9113 §5.1, §5.1.1).
    @Override
    public Http2Exception judged(Http2Exception.StreamException error) {
        int id = error.streamId();
        Http2Stream stream = handler.connection().stream(id);
        if (error.error() != Http2Error.STREAM_CLOSED && error.error() != Http2Error.PROTOCOL_ERROR) {
            return error;
        }
        if (stream == null && past.hasEnded(id)) {
            return Http2Exception.connectionError(Http2Error.STREAM_CLOSED, "stream %d has ended", id);
        }
        if (stream == null && past.wasSkipped(id)) {
            return Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "stream %d comes after a later one", id);
        }
        Http2Request request = request(stream);
        if (request != null && request.isWhole() && request.hasBegun()) {
            return (Http2Exception.StreamException) Http2Exception.streamError(id, Http2Error.STREAM_CLOSED, "stream %d has ended", id);
        }
        return error;
    }

    @Override
    public void gone() {
        loop.leave(this);
    }
}
