package reeve.serve.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reeve.model.Address;
import reeve.model.ServiceId;
import reeve.serve.route.Backend;

/// The connections of one loop to its backends that wait for their next request. The last used is taken first, so that the
/// surplus grows old and is closed. One loop.
final class UpstreamPool {
    private static final int MOST_IDLE = 512; // per backend
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final Loop loop;
    private final Map<Backend, Peer> peers = new IdentityHashMap<>();

    UpstreamPool(Loop loop) {
        this.loop = loop;
    }

    /// A backend as this loop knows it.
    static final class Peer {
        final Backend backend;
        final byte[] host;
        final byte[] logMembers;
        final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();

        Peer(Backend backend) {
            this.backend = backend;
            this.host = Bytes.ascii(backend.address().toString());
            String service = backend.instance().map(i -> ",\"service\":\"" + i.service() + "\",\"instance\":" + i.number()).orElse("");
            this.logMembers = Bytes.ascii(service + ",\"backend\":\"" + backend.address() + "\"");
        }
    }

    Peer peer(Backend backend) {
        Peer known = peers.get(backend);
        if (known == null) {
            known = new Peer(backend);
            peers.put(backend, known);
        }
        return known;
    }

    /// @param repeatable whether the request may be sent again should the connection turn out to be closed by the backend;
    ///                   one that may not takes only a connection used a moment ago
    @Nullable UpstreamConnection take(Peer peer, boolean repeatable, long now) {
        UpstreamConnection last = peer.idle.pollLast();
        while (last != null && !last.isActive()) {
            last = peer.idle.pollLast();
        }
        if (last != null && !repeatable && now - last.idleSince() > FRESH.toNanos()) {
            peer.idle.addLast(last);
            return null;
        }
        return last;
    }

    /// Keeps a connection that has nothing left to read or to send.
    void put(UpstreamConnection connection) {
        Peer peer = connection.peer();
        if (peer.idle.size() >= MOST_IDLE || loop.draining()) {
            connection.close();
            return;
        }
        peer.idle.addLast(connection);
    }

    void remove(UpstreamConnection connection) {
        connection.peer().idle.remove(connection);
    }

    /// Closes the idle connections to a service's instances.
    void drop(ServiceId service) {
        closeIf(peer -> peer.backend.instance().filter(i -> i.service().equals(service)).isPresent());
    }

    void dropAll() {
        closeIf(_ -> true);
    }

    private void closeIf(Predicate<Peer> chosen) {
        for (Peer peer : peers.values()) {
            if (chosen.test(peer)) {
                while (!peer.idle.isEmpty()) {
                    peer.idle.pollLast().close();
                }
            }
        }
    }

    /// Closes what was idle for too long, and forgets backends that are gone.
    void tick(long now) {
        long most = loop.settings().timeouts().upstreamIdle().toNanos();
        for (Iterator<Peer> all = peers.values().iterator(); all.hasNext(); ) {
            Peer peer = all.next();
            while (!peer.idle.isEmpty() && now - peer.idle.peekFirst().idleSince() > most) {
                peer.idle.pollFirst().close();
            }
            if (peer.idle.isEmpty() && peer.backend.inFlight() == 0) {
                all.remove();
            }
        }
    }

    /// Opens a connection on this loop.
    /// @param done called on this loop with the connection, or with what went wrong
    void connect(Peer peer, Consumer<UpstreamConnection> done, Consumer<Throwable> failed) {
        Address address = peer.backend.address();
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(address.host());
        if (literal != null) {
            try {
                connect(peer, new InetSocketAddress(InetAddress.getByAddress(literal), address.port()), done, failed);
            } catch (UnknownHostException e) {
                failed.accept(e);
            }
            return;
        }
        EventLoop executor = loop.executor();
        Thread.ofVirtual().name("resolve " + address.host()).start(() -> { // names take their time: not on the loop
            try {
                var resolved = new InetSocketAddress(InetAddress.getByName(address.host()), address.port());
                executor.execute(() -> connect(peer, resolved, done, failed));
            } catch (UnknownHostException e) {
                executor.execute(() -> failed.accept(e));
            }
        });
    }

    private void connect(Peer peer, InetSocketAddress address, Consumer<UpstreamConnection> done, Consumer<Throwable> failed) {
        var connection = new UpstreamConnection(loop, peer);
        new Bootstrap()
                .group(loop.executor())
                .channelFactory(loop::newSocket)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) loop.settings().timeouts().connect().toMillis())
                .option(ChannelOption.RECVBUF_ALLOCATOR, loop.receiveBuffers())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, Loop.WATER_MARK)
                .option(ChannelOption.ALLOCATOR, loop.allocator())
                .handler(connection)
                .connect(address)
                .addListener((ChannelFuture future) -> {
                    Channel channel = future.channel();
                    if (future.isSuccess() && channel.isActive()) {
                        done.accept(connection);
                    } else {
                        failed.accept(future.cause() == null ? new IOException("closed at once") : future.cause());
                    }
                });
    }
}
