package reeve.serve.proxy;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import reeve.serve.access.ConnectionCounts;

/// Keeps one client from taking all connections. Trusted proxies have as many as they like: they speak for many. Any loop.
final class ClientCrowd {
    private static final AttributeKey<Boolean> ADMITTED = AttributeKey.valueOf("reeve.admitted");

    private final ProxySettings.Edge edge;
    private final ConnectionCounts counts;

    ClientCrowd(ProxySettings settings) {
        this.edge = settings.edge();
        this.counts = new ConnectionCounts(settings.connections().ofOneClient());
    }

    /// Counts a connection until it is closed; once, however often it asks.
    /// @return false where its client has as many as it may already
    boolean admits(Channel connection) {
        Boolean known = connection.attr(ADMITTED).get();
        if (known != null) {
            return known;
        }
        InetAddress client = PrefaceReader.source(connection).getAddress();
        boolean admitted = edge.trusts(client) || counts.enter(client);
        connection.attr(ADMITTED).set(admitted);
        if (!edge.trusts(client)) {
            connection.closeFuture().addListener(_ -> counts.leave(client));
        }
        return admitted;
    }
}
