package reeve.serve.proxy;

import io.netty.bootstrap.Bootstrap;
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
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reeve.model.Address;
import reeve.model.BackendTls;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.serve.route.Backend;

/// The connections of one loop to its backends that wait for their next request. The last used is taken first, so that the
/// surplus grows old and is closed. Only so many are opened at a time, so that the thousands who waited for a wake do not
/// overrun the backend's queue of new connections; the others take their turn, or a connection that becomes free. One loop.
final class UpstreamPool {
    private static final int MOST_IDLE = 512; // per backend
    private static final int MOST_OPENING = 32; // per backend: many servers have a queue of 50 to 128
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final Loop loop;
    private final Map<Backend, Peer> peers = new IdentityHashMap<>();
    private final Map<ServiceId, RetryBudget> budgets = new HashMap<>();

    UpstreamPool(Loop loop) {
        this.loop = loop;
    }

    /// A backend as this loop knows it.
    static final class Peer {
        final Backend backend;
        final byte[] host;
        final byte[] logMembers;
        final AnswerCounts.Row answered;
        final RetryBudget retries;
        final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();
        final ArrayDeque<Forwarding> waiting = new ArrayDeque<>();
        int opening;

        Peer(Backend backend, AnswerCounts.Row answered, RetryBudget retries) {
            this.backend = backend;
            this.answered = answered;
            this.retries = retries;
            this.host = Bytes.ascii(backend.address().toString());
            String service = backend.instance().map(i -> ",\"service\":\"" + i.service() + "\",\"instance\":" + i.number()).orElse("");
            this.logMembers = Bytes.ascii(service + ",\"backend\":\"" + backend.address() + "\"");
        }
    }

    Peer peer(Backend backend) {
        Peer known = peers.get(backend);
        if (known == null) {
            Optional<ServiceId> service = backend.instance().map(InstanceId::service);
            known = new Peer(backend, loop.answered(service.orElse(null)),
                    service.map(id -> budgets.computeIfAbsent(id, _ -> new RetryBudget())).orElseGet(RetryBudget::new));
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

    /// Keeps a connection that has nothing left to read or to send, or hands it to who waits for one.
    void put(UpstreamConnection connection) {
        Peer peer = connection.peer();
        Forwarding next = nextWaiting(peer);
        if (next != null) {
            next.connected(connection);
        } else if (peer.idle.size() >= MOST_IDLE || loop.draining()) {
            connection.close();
        } else {
            peer.idle.addLast(connection);
        }
    }

    private static @Nullable Forwarding nextWaiting(Peer peer) {
        Forwarding next = peer.waiting.pollFirst();
        while (next != null && next.hasEnded()) {
            next = peer.waiting.pollFirst();
        }
        return next;
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
            if (peer.idle.isEmpty() && peer.opening == 0 && peer.backend.inFlight() == 0) {
                all.remove();
            }
        }
        if (peers.isEmpty()) {
            budgets.clear();
        }
    }

    /// Opens a connection on this loop, at once or when it is its turn. The request is told on this loop.
    void connect(Peer peer, Forwarding request) {
        if (peer.opening >= MOST_OPENING) {
            peer.waiting.addLast(request);
            return;
        }
        peer.opening++;
        Address address = peer.backend.address();
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(address.host());
        Optional<BackendTls> tls = peer.backend.tls();
        if (literal == null || tls.isPresent()) {
            EventLoop executor = loop.executor();
            Duration limit = request.connectTimeout();
            Thread.ofVirtual().name("resolve " + address.host()).start(() -> { // names and files take their time: not on the loop
                try {
                    InetAddress resolved = InetAddress.getByName(address.host());
                    UpstreamTls encrypted = tls.map(how -> UpstreamTls.of(loop.backends(), peer.backend, how, limit)).orElse(null);
                    executor.execute(() -> open(peer, resolved, encrypted, request));
                } catch (UnknownHostException | RuntimeException e) {
                    executor.execute(() -> failed(peer, request, e));
                }
            });
            return;
        }
        try {
            open(peer, InetAddress.getByAddress(literal), null, request);
        } catch (UnknownHostException e) {
            failed(peer, request, e);
        }
    }

    private void open(Peer peer, InetAddress host, @Nullable UpstreamTls tls, Forwarding request) {
        var connection = new UpstreamConnection(loop, peer);
        new Bootstrap()
                .group(loop.executor())
                .channelFactory(loop::newSocket)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) request.connectTimeout().toMillis())
                .option(ChannelOption.RECVBUF_ALLOCATOR, loop.receiveBuffers())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, Loop.WATER_MARK)
                .option(ChannelOption.ALLOCATOR, loop.allocator())
                .handler(tls == null ? connection : tls.before(connection))
                .connect(new InetSocketAddress(host, peer.backend.address().port()))
                .addListener((ChannelFuture future) -> {
                    if (loop.executor().inEventLoop()) {
                        connected(future, peer, request, tls, connection);
                    } else { // no socket could be made (too many open files): Netty tells that on a thread of its own
                        loop.executor().execute(() -> connected(future, peer, request, tls, connection));
                    }
                });
    }

    private void connected(ChannelFuture future, Peer peer, Forwarding request, @Nullable UpstreamTls tls, UpstreamConnection connection) {
        if (future.isSuccess() && tls != null) {
            tls.whenOver(new UpstreamTls.Agreed() {
                @Override
                public void agreed() {
                    opened(peer, request, connection);
                }

                @Override
                public void refused(Throwable cause) {
                    failed(peer, request, cause);
                }
            });
        } else if (future.isSuccess() && future.channel().isActive()) {
            opened(peer, request, connection);
        } else {
            failed(peer, request, future.cause() == null ? new IOException("closed at once") : future.cause());
        }
    }

    private void opened(Peer peer, Forwarding request, UpstreamConnection connection) {
        peer.opening--;
        if (request.hasEnded()) {
            connection.rest(loop.now());
        } else {
            request.connected(connection);
        }
        openNext(peer);
    }

    private void failed(Peer peer, Forwarding request, Throwable cause) {
        peer.opening--;
        request.connectFailed(cause);
        openNext(peer);
    }

    private void openNext(Peer peer) {
        Forwarding next = peer.opening < MOST_OPENING ? nextWaiting(peer) : null;
        if (next != null) {
            connect(peer, next);
        }
    }
}
