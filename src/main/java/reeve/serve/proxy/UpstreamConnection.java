package reeve.serve.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection to a backend: serves one exchange at a time, or waits in the pool. One loop.
final class UpstreamConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamConnection.class);

    private final Loop loop;
    private final UpstreamPool.Peer peer;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Exchange exchange;
    private @Nullable ClientStream client; // of the current or last exchange: what was read for it is flushed together
    private boolean unflushed;
    private boolean reused;
    private boolean reading = true;
    private long idleSince;
    private boolean endedInOrder;
    private String end = "it closed the connection before it answered";

    UpstreamConnection(Loop loop, UpstreamPool.Peer peer) {
        this.loop = loop;
        this.peer = peer;
    }

    UpstreamPool.Peer peer() {
        return peer;
    }

    /// Whether it has served an exchange before the current one.
    boolean reused() {
        return reused;
    }

    /// How it ended, for people.
    String end() {
        return end;
    }

    long idleSince() {
        return idleSince;
    }

    void serve(Exchange next) {
        if (client != null && client != next.client()) {
            client.flush(); // it may not have been, where the connection goes from one exchange to the next within one read
        }
        exchange = next;
        client = next.client();
    }

    boolean isActive() {
        return context().channel().isActive();
    }

    /// Ends its part in an exchange and goes back to the pool, unless something is still to be sent.
    void rest(long now) {
        exchange = null;
        ChannelOutboundBuffer unsent = context().channel().unsafe().outboundBuffer();
        if (unsent == null || !unsent.isEmpty()) {
            close();
            return;
        }
        reused = true;
        idleSince = now;
        setReading(true);
        loop.pool().put(this);
    }

    /// Ends its part in an exchange for good.
    void abandon() {
        exchange = null;
        close();
    }

    void close() {
        context().close();
    }

    /// Closes after all that was written has been sent.
    void closeAfterFlush() {
        exchange = null;
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    void write(ByteBuf bytes) {
        unflushed = true;
        context().write(bytes, context().voidPromise());
    }

    void flush() {
        if (unflushed) {
            unflushed = false;
            context().flush();
        }
    }

    boolean isWritable() {
        return context().channel().isWritable();
    }

    /// Stops and resumes reading: back-pressure.
    void setReading(boolean wanted) {
        if (reading != wanted) {
            reading = wanted;
            context().channel().config().setAutoRead(wanted);
        }
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("cannot use an upstream connection before it is registered");
        }
        return context;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (exchange == null) { // bytes that nobody asked for
            in.release();
            close();
            return;
        }
        exchange.response().read(in);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (client != null) {
            client.flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (exchange != null && isWritable()) {
            exchange.client().proceed();
        }
    }

    /// Over TLS the end of an answer has to be said: anybody on the way could end the connection (RFC 8446 §6.1).
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        endedInOrder |= event instanceof SslCloseCompletionEvent said && said.isSuccess();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (exchange == null) {
            loop.pool().remove(this);
        } else {
            exchange.response().upstreamClosed(peer.backend.tls().isPresent() && !endedInOrder);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause.getCause() instanceof SSLException said) {
            end = "it broke off TLS: " + said.getMessage();
        }
        if (!UpstreamTls.isOfPeer(cause)) {
            LOG.error("proxy: a connection failed: address={}", ctx.channel().remoteAddress(), cause);
        }
        if (exchange != null) {
            exchange.response().upstreamClosed(true);
        }
        close();
    }
}
