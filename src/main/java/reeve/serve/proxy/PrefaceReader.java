package reeve.serve.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stands before all other handlers of a connection from a trusted proxy that speaks the PROXY protocol: reads its header, and only then
/// lets the others see that there is a connection. Leaves the pipeline then. One connection, one loop.
final class PrefaceReader extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(PrefaceReader.class);
    private static final AttributeKey<InetSocketAddress> SOURCE = AttributeKey.valueOf(PrefaceReader.class, "source");

    private final Loop loop;
    private @Nullable ByteBuf received;
    private @Nullable ScheduledFuture<?> limit;

    PrefaceReader(Loop loop) {
        this.loop = loop;
    }

    /// Who is at the other end of a connection: the peer, or whom a trusted proxy named in its place.
    static InetSocketAddress source(Channel channel) {
        InetSocketAddress named = channel.attr(SOURCE).get();
        return named == null ? (InetSocketAddress) channel.remoteAddress() : named;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (!loop.settings().edge().trusts(((InetSocketAddress) ctx.channel().remoteAddress()).getAddress())) {
            ctx.fireChannelActive();
            ctx.pipeline().remove(this);
            return;
        }
        limit = ctx.executor().schedule(() -> refuse(ctx, "its header did not arrive in time"),
                loop.settings().timeouts().clientHead().toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (received != null) {
            in = received.writeBytes(in);
            ((ByteBuf) message).release();
        }
        received = in;
        switch (ProxyPreface.read(ByteBufUtil.getBytes(in), in.readableBytes())) {
            case ProxyPreface.Result.NeedMore _ -> { }
            case ProxyPreface.Result.Bad(String reason) -> refuse(ctx, reason);
            case ProxyPreface.Result.Read(var source, int length) -> {
                source.ifPresent(named -> ctx.channel().attr(SOURCE).set(named));
                received = null;
                begin(ctx, in.skipBytes(length));
            }
        }
    }

    private void begin(ChannelHandlerContext ctx, ByteBuf rest) {
        ctx.fireChannelActive();
        if (rest.isReadable()) {
            ctx.fireChannelRead(rest);
        } else {
            rest.release();
        }
        ctx.fireChannelReadComplete();
        ctx.pipeline().remove(this);
    }

    /// Without an answer: nobody knows what the other side speaks.
    private static void refuse(ChannelHandlerContext ctx, String reason) {
        LOG.warn("proxy refuses a connection: peer={} reason={}", ctx.channel().remoteAddress(), reason);
        ctx.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (limit != null) {
            limit.cancel(false);
        }
        if (received != null) {
            received.release();
            received = null;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        // nobody behind this one has seen the connection
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("proxy: a connection failed: address={}", ctx.channel().remoteAddress(), cause);
        }
        ctx.close();
    }
}
