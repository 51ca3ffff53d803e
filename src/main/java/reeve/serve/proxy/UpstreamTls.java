package reeve.serve.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import reeve.model.BackendTls;
import reeve.serve.certificate.BackendContexts;
import reeve.serve.route.Backend;

/// TLS on one connection to a backend: 1.2 and 1.3, the backend checked as its route says. One loop, but for its making.
final class UpstreamTls {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final String[] APPLICATIONS = {"http/1.1"};

    private final SslHandler records;

    private UpstreamTls(SslHandler records) {
        this.records = records;
    }

    /// Blocks for IO: files are looked at.
    /// @param limit for the handshake
    /// @throws reeve.model.Failure where a file cannot be used
    static UpstreamTls of(BackendContexts contexts, Backend backend, BackendTls tls, Duration limit) {
        String host = backend.address().host();
        SSLEngine engine = contexts.of(tls).createSSLEngine(tls.name(host), backend.address().port());
        engine.setUseClientMode(true);
        SSLParameters parameters = tls.aim(engine.getSSLParameters(), host);
        parameters.setProtocols(PROTOCOLS);
        parameters.setApplicationProtocols(APPLICATIONS);
        engine.setSSLParameters(parameters);
        // the arithmetic of a handshake does not belong on the loop
        var records = new SslHandler(engine, false, task -> Thread.ofVirtual().name("backend handshake").start(task));
        records.setHandshakeTimeout(limit.toNanos(), TimeUnit.NANOSECONDS);
        return new UpstreamTls(records);
    }

    /// What furnishes the connection's pipeline.
    ChannelHandler before(UpstreamConnection connection) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(records, connection);
            }
        };
    }

    /// How the handshake ended, told on the connection's loop.
    interface Agreed {
        void agreed();

        void refused(Throwable cause);
    }

    void whenOver(Agreed listener) {
        records.handshakeFuture().addListener(over -> {
            if (over.isSuccess()) {
                listener.agreed();
            } else {
                listener.refused(over.cause());
            }
        });
    }

    /// Whether the other side, or the way to it, is to blame: no reason to think that something is wrong here.
    static boolean isOfPeer(Throwable cause) {
        return cause instanceof IOException || cause.getCause() instanceof SSLException;
    }
}
