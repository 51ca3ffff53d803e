package reeve.serve.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import io.netty.util.AsciiString;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Frames, header compression and flow control of one HTTP/2 connection, by Netty, with the bounds that keep a peer from costing more
/// than it should. One connection, one loop.
final class Http2Handler extends Http2ConnectionHandler {
    /// What a peer may leave unread for it on a connection: the sum over its streams.
    static final int CONNECTION_WINDOW = 1 << 20;
    static final int STREAM_WINDOW = 1 << 18;
    private static final Logger LOG = LoggerFactory.getLogger(Http2Handler.class);
    private static final int MOST_RESETS = 1000; // in half a minute, of either side: clients that cancel much have tens
    private static final int RESET_SECONDS = 30;
    private static final int MOST_CONTROL_FRAMES = 1000; // answers to PING and SETTINGS that the peer does not read
    private static final int MOST_EMPTY_FRAMES = 16; // DATA without data, one after the other
    private static final int MOST_SMALL_CONTINUATIONS = 16;
    /// Their values never enter the tables of the header compression, where the size of a guess would tell whether it is right
    /// (RFC 7541 §7.1).
    private static final Set<AsciiString> SECRETS = Set.of(AsciiString.of("authorization"), AsciiString.of("cookie"),
            AsciiString.of("set-cookie"), AsciiString.of("proxy-authorization"));

    private final Events events;
    private @Nullable ChannelHandlerContext context;

    /// What the owner of the connection hears besides its frames.
    interface Events {
        /// Frames come now.
        void reading();

        /// All that was received has been handled.
        void readComplete();

        /// The connection has ended, and all its streams with it.
        void gone();

        void writabilityChanged();

        /// @return what to make of an error in a stream: itself, or something worse
        Http2Exception judged(Http2Exception.StreamException error);
    }

    private Http2Handler(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings, Events events) {
        super(decoder, encoder, settings);
        this.events = events;
        gracefulShutdownTimeoutMillis(0);
    }

    /// @param listener hears frames and streams
    static <L extends Http2EventAdapter & Events> Http2Handler server(L listener, Http2Settings settings) {
        return new Builder(listener).of(listener, true, settings);
    }

    private static final class Builder extends AbstractHttp2ConnectionHandlerBuilder<Http2Handler, Builder> {
        private final Events events;

        Builder(Events events) {
            this.events = events;
        }

        Http2Handler of(Http2EventAdapter listener, boolean server, Http2Settings settings) {
            var connection = new DefaultHttp2Connection(server, 0);
            connection.remote().flowController(
                    new DefaultHttp2RemoteFlowController(connection, new UniformStreamByteDistributor(connection)));
            connection.addListener(listener);
            connection(connection);
            initialSettings(settings);
            frameListener(listener);
            validateRequiredPseudoHeaders(true);
            decoderEnforceMaxRstFramesPerWindow(MOST_RESETS, RESET_SECONDS);
            encoderEnforceMaxRstFramesPerWindow(MOST_RESETS, RESET_SECONDS);
            encoderEnforceMaxQueuedControlFrames(MOST_CONTROL_FRAMES);
            decoderEnforceMaxConsecutiveEmptyDataFrames(MOST_EMPTY_FRAMES);
            decoderEnforceMaxSmallContinuationFrames(MOST_SMALL_CONTINUATIONS);
            headerSensitivityDetector((name, _) -> SECRETS.contains(AsciiString.of(name)));
            return build();
        }

        @Override
        protected Http2Handler build(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
            return new Http2Handler(decoder, encoder, settings, events);
        }
    }

    ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("cannot use a connection before it is registered");
        }
        return context;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        super.handlerAdded(ctx);
        if (ctx.channel().isActive()) {
            widen();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        super.channelActive(ctx);
        widen();
    }

    private void widen() throws Http2Exception {
        var local = connection().local().flowController();
        local.incrementWindowSize(connection().connectionStream(), CONNECTION_WINDOW - local.windowSize(connection().connectionStream()));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        events.reading();
        super.channelRead(ctx, message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        events.readComplete();
        super.channelReadComplete(ctx);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
        super.channelWritabilityChanged(ctx);
        events.writabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        super.channelInactive(ctx);
        events.gone();
    }

    @Override
    protected void onStreamError(ChannelHandlerContext ctx, boolean outbound, Throwable cause, Http2Exception.StreamException error) {
        Http2Exception judged = outbound ? error : events.judged(error);
        if (judged instanceof Http2Exception.StreamException ofStream) {
            super.onStreamError(ctx, outbound, cause, ofStream);
        } else {
            onConnectionError(ctx, false, judged, judged);
        }
    }

    @Override
    protected void onConnectionError(ChannelHandlerContext ctx, boolean outbound, Throwable cause, @Nullable Http2Exception error) {
        if (error == null && !(cause instanceof IOException)) {
            LOG.error("proxy: a connection failed: address={}", ctx.channel().remoteAddress(), cause);
        } else {
            LOG.debug("proxy ends a connection: address={} reason={}", ctx.channel().remoteAddress(), cause.getMessage());
        }
        super.onConnectionError(ctx, outbound, cause, error);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        onError(ctx, false, cause);
        if (cause instanceof IOException) {
            ctx.close();
        }
    }
}
