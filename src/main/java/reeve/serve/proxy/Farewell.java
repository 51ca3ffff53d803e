package reeve.serve.proxy;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;

/// How a client's connection ends once its last answer is written: closing it while bytes of the client are unread would destroy that
/// answer on its way, so only our side is ended, and the client's is read on for a moment.
final class Farewell {
    /// For so long; then who called closes it.
    static final Duration LASTS = Duration.ofSeconds(2);

    private Farewell() {}

    static void say(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            if (sent.isSuccess()) {
                endOutput(ctx);
            } else {
                ctx.close();
            }
        });
    }

    /// Over TLS the end is said before it comes: an end that is not was not the server's (RFC 8446 §6.1).
    private static void endOutput(ChannelHandlerContext ctx) {
        SslHandler records = ctx.pipeline().get(SslHandler.class);
        if (records == null) {
            ((DuplexChannel) ctx.channel()).shutdownOutput();
        } else {
            records.closeOutbound().addListener(said -> ((DuplexChannel) ctx.channel()).shutdownOutput());
        }
    }
}
