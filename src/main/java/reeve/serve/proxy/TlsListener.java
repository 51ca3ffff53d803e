package reeve.serve.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The https side of a proxy: shakes hands with each client, then lets it in as a [ClientConnection] or [Http2Client] like any other. The
/// arithmetic of handshakes runs on threads of its own, so that the loops go on serving meanwhile.
final class TlsListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TlsListener.class);
    private static final int MOST_WAITING = 4096;

    private final TlsSettings settings;
    private final TlsEngines engines;
    private final byte[] answerLines;
    private final ThreadPoolExecutor handshakes;

    /// @param threads that shake hands
    /// @param http2   whether HTTP/2 is spoken
    TlsListener(TlsSettings settings, int threads, boolean http2) {
        this.settings = settings;
        this.engines = new TlsEngines(settings.certificates(), http2);
        this.answerLines = settings.hsts().map(age -> Bytes.ascii("Strict-Transport-Security: max-age=" + age.toSeconds() + "\r\n"))
                .orElse(new byte[0]);
        this.handshakes = new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING),
                new DefaultThreadFactory("proxy-handshake")); // one too many fails its handshake, visibly for its client
        handshakes.allowCoreThreadTimeOut(true);
    }

    /// Furnishes a client's connection that was just accepted.
    void furnish(SocketChannel channel, Loop loop) {
        var asked = new AskedName(engines.certificates());
        var records = new SslHandler(engines.engine(asked), false, handshakes);
        records.setHandshakeTimeout(settings.handshake().toNanos(), TimeUnit.NANOSECONDS);
        channel.pipeline().addLast(records, new Handshake(loop, asked));
    }

    /// Stands in the pipeline until the handshake is over; what application protocol was agreed upon decides what takes its place.
    private final class Handshake extends ChannelInboundHandlerAdapter {
        private final Loop loop;
        private final AskedName asked;

        Handshake(Loop loop, AskedName asked) {
            this.loop = loop;
            this.asked = asked;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            if (!loop.beginHandshake() || !loop.admitsMore(ctx.channel())) {
                ctx.close(); // nobody to talk to yet
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent over) {
                loop.handshakes().add(over.isSuccess() ? HandshakeCounts.Outcome.OK : HandshakeCounts.Outcome.of(over.cause()));
            }
            if (event instanceof SslHandshakeCompletionEvent over && over.isSuccess()) {
                loop.endHandshake();
                Entrance entrance = Entrance.Secure.of(engines.certificates(), asked.name(), answerLines);
                if (TlsEngines.HTTP2.equals(ctx.pipeline().get(SslHandler.class).engine().getApplicationProtocol())) {
                    var connection = new Http2Client(loop, entrance);
                    ctx.pipeline().replace(this, null, connection.handler());
                    connection.begin();
                } else {
                    var connection = new ClientConnection(loop, entrance);
                    ctx.pipeline().replace(this, null, connection);
                    connection.begin();
                }
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            loop.endHandshake();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            LOG.debug("handshake failed: address={} reason={}", ctx.channel().remoteAddress(), cause.getMessage());
            ctx.close();
        }
    }

    @Override
    public void close() {
        handshakes.shutdownNow();
    }
}
