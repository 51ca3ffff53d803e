package reeve.serve.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.serve.route.ClientDemands;
import reeve.serve.route.EntryTls;

/// The https side of a proxy: shakes hands with each client, then lets it in as a [ClientConnection] or [Http2Client] like any other. The
/// arithmetic of handshakes runs on threads of its own, so that the loops go on serving meanwhile.
final class TlsListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TlsListener.class);
    private static final int MOST_WAITING = 4096;
    private static final int LONGEST_HELLO = 64 * 1024;

    private final TlsSettings settings;
    private final TlsEngines engines;
    private final byte[] answerLines;
    private final ThreadPoolExecutor handshakes;

    /// @param threads that shake hands
    /// @param http2   whether HTTP/2 is spoken
    TlsListener(TlsSettings settings, int threads, boolean http2) {
        this.settings = settings;
        this.engines = new TlsEngines(settings.certificates(), settings.clients(), http2);
        this.answerLines = settings.hsts().map(EntryTls::lines).orElse(new byte[0]);
        this.handshakes = new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING),
                new DefaultThreadFactory("proxy-handshake")); // one too many fails its handshake, visibly for its client
        handshakes.allowCoreThreadTimeOut(true);
    }

    /// Furnishes a client's connection that was just accepted.
    void furnish(SocketChannel channel, Loop loop) {
        var handshake = new Handshake(loop);
        channel.pipeline().addLast(new Hello(loop, handshake), handshake);
    }

    /// Reads what a client says first, since the host that it names decides what it is asked for; then makes way for the engine.
    private final class Hello extends AbstractSniHandler<TlsEngines.Chosen> {
        private final Loop loop;
        private final Handshake handshake;

        Hello(Loop loop, Handshake handshake) {
            super(LONGEST_HELLO, settings.handshake().toMillis());
            this.loop = loop;
            this.handshake = handshake;
        }

        @Override
        protected Future<TlsEngines.Chosen> lookup(ChannelHandlerContext ctx, @Nullable String host) {
            ClientDemands demands = host == null ? ClientDemands.NONE : loop.routes().demands(AskedName.normal(host));
            if (demands.all().isEmpty()) {
                return ctx.executor().newSucceededFuture(engines.open());
            }
            Promise<TlsEngines.Chosen> chosen = ctx.executor().newPromise();
            try {
                handshakes.execute(() -> {
                    try {
                        chosen.setSuccess(engines.asking(demands));
                    } catch (RuntimeException e) {
                        chosen.setFailure(e);
                    }
                });
            } catch (RejectedExecutionException e) {
                chosen.setFailure(e);
            }
            return chosen;
        }

        @Override
        protected void onLookupComplete(ChannelHandlerContext ctx, @Nullable String host, Future<TlsEngines.Chosen> chosen) {
            if (!chosen.isSuccess()) {
                handshake.failed(ctx, chosen.cause());
                return;
            }
            handshake.chosen = chosen.getNow();
            var records = new SslHandler(chosen.getNow().engine(), false, handshakes);
            records.setHandshakeTimeout(settings.handshake().toNanos(), TimeUnit.NANOSECONDS);
            ctx.pipeline().replace(this, null, records);
        }
    }

    /// Stands in the pipeline until the handshake is over; what application protocol was agreed upon decides what takes its place.
    private final class Handshake extends ChannelInboundHandlerAdapter {
        private final Loop loop;
        private TlsEngines.@Nullable Chosen chosen;
        private boolean counted;

        Handshake(Loop loop) {
            this.loop = loop;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            if (!loop.beginHandshake() || !loop.admitsMore(ctx.channel())) {
                ctx.close(); // nobody to talk to yet
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent over && over.isSuccess() && chosen != null) {
                count(HandshakeCounts.Outcome.OK);
                loop.endHandshake();
                AskingContext asking = chosen.asking();
                ClientProof proof = asking == null ? ClientProof.NONE : asking.proof(chosen.engine().getSession());
                Entrance entrance = Entrance.Secure.of(engines.certificates(), chosen.asked().name(), answerLines, proof);
                if (TlsEngines.HTTP2.equals(chosen.engine().getApplicationProtocol())) {
                    var connection = new Http2Client(loop, entrance);
                    ctx.pipeline().replace(this, null, connection.handler());
                    connection.begin();
                } else {
                    var connection = new ClientConnection(loop, entrance);
                    ctx.pipeline().replace(this, null, connection);
                    connection.begin();
                }
            } else if (event instanceof SslCompletionEvent failed && !failed.isSuccess()) {
                count(HandshakeCounts.Outcome.of(failed.cause()));
            }
        }

        private void count(HandshakeCounts.Outcome outcome) {
            if (!counted) {
                counted = true;
                loop.handshakes().add(outcome);
            }
        }

        void failed(ChannelHandlerContext ctx, Throwable cause) {
            count(HandshakeCounts.Outcome.of(cause));
            LOG.warn("handshake failed: address={} reason={}", ctx.channel().remoteAddress(), cause.toString());
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            count(HandshakeCounts.Outcome.LEFT);
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
