package reeve.serve.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Jitter;
import reeve.base.Time;
import reeve.model.Address;
import reeve.model.Failure;
import reeve.serve.access.ClientRates;
import reeve.serve.certificate.Authorities;
import reeve.serve.certificate.BackendContexts;
import reeve.serve.compress.Coders;
import reeve.serve.route.RouteSources;
import reeve.sleep.WakeGate;

/// The reverse proxy of a node. Serves the routes that [RouteSources] publishes; knows no other state.
public final class Proxy implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Proxy.class);

    private static final Duration SETTLES = Duration.ofSeconds(2);

    private final Shared shared;
    private final EventLoopGroup group;
    private final Supplier<ServerChannel> newServer;
    private final Map<EventExecutor, Loop> loops = new IdentityHashMap<>();
    private final List<Channel> listeners = new ArrayList<>();
    private final Runnable forgetHeld;
    private final CountDownLatch quiet = new CountDownLatch(1);
    private volatile Entrance plain = new Entrance.Plain();
    private Optional<TlsListener> tls = Optional.empty();
    private boolean sharedPorts;
    private boolean closed;

    /// @param accessLog where lines of JSON go, one per request; closed with the proxy
    public Proxy(ProxySettings settings, RouteSources routes, ProxyTraffic traffic, WakeGate wakeGate, Time time, Jitter jitter,
            Optional<OutputStream> accessLog) {
        this(settings, routes, traffic, wakeGate, time, jitter, accessLog, sockets(settings));
    }

    /// @param newSocket makes sockets to backends, for the settings' transport
    Proxy(ProxySettings settings, RouteSources routes, ProxyTraffic traffic, WakeGate wakeGate, Time time, Jitter jitter,
            Optional<OutputStream> accessLog, Supplier<SocketChannel> newSocket) {
        boolean epoll = epoll(settings);
        IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.newServer = epoll ? EpollServerSocketChannel::new : NioServerSocketChannel::new;
        this.shared = new Shared(settings, new Identity(jitter), routes, traffic, wakeGate, time, jitter, accessLog.map(AccessLog::new),
                PooledByteBufAllocator.DEFAULT, newSocket,
                new AtomicInteger(), new AtomicBoolean(), new ClientRates(Double.doubleToLongBits(jitter.next())), new PasswordChecks(),
                settings.connections().ofOneClient() == 0 ? null : new ClientCrowd(settings), new Coders(),
                new BackendContexts(new Authorities((_, _, _) -> {})));
        this.group = new MultiThreadIoEventLoopGroup(settings.loops(), new DefaultThreadFactory("proxy"), handlers);
        group.forEach(executor -> loops.put(executor, new Loop(shared, (EventLoop) executor)));
        this.forgetHeld = traffic.onHeld(service -> loops.values().forEach(loop -> loop.dropIdle(service)));
    }

    private static boolean epoll(ProxySettings settings) {
        return settings.nativeTransport() && Epoll.isAvailable();
    }

    private static Supplier<SocketChannel> sockets(ProxySettings settings) {
        return epoll(settings) ? EpollSocketChannel::new : NioSocketChannel::new;
    }

    /// Binds every address and serves from now on.
    /// @return the addresses bound, with their ports, in the order of the settings
    /// @throws Failure CONFLICT where an address is taken, INVALID where this machine does not have it; nothing stays bound then
    public List<Address> start() {
        return start(Map.of(), false);
    }

    /// As [#start()], where some of the sockets are there already: from a predecessor, or from the service manager.
    /// @param taken  descriptors of listening sockets, for addresses of the settings; the proxy's from now on
    /// @param beside whether other proxies of the same user may bind the same addresses; the kernel then spreads new connections
    public synchronized List<Address> start(Map<Address, Integer> taken, boolean beside) {
        sharedPorts = beside;
        loops.forEach((executor, loop) -> executor.execute(loop::start));
        List<Address> bound = bind(shared.settings().listen(), taken,
                (channel, loop) -> channel.pipeline().addLast(new ClientConnection(loop, plain)));
        LOG.info("proxy started: addresses={} loops={} transport={}", bound, loops.size(), listeners.isEmpty() ? "none" : transport());
        return bound;
    }

    /// Serves https, too, from now on. At most once, after [#start].
    /// @return the addresses bound, with their ports, in the order of the settings
    /// @throws Failure as [#start]; what was bound before goes on
    public List<Address> startTls(TlsSettings settings) {
        return startTls(settings, Map.of());
    }

    /// As [#startTls(TlsSettings)], on sockets as in [#start(Map, boolean)].
    public synchronized List<Address> startTls(TlsSettings settings, Map<Address, Integer> taken) {
        var listener = new TlsListener(settings, loops.size(), shared.settings().streams() > 0);
        List<Address> bound = bind(settings.listen(), taken, listener::furnish);
        tls = Optional.of(listener);
        if (!bound.isEmpty()) {
            plain = new Entrance.Redirecting(settings.certificates(), settings.redirect(), bound.getFirst().port());
        }
        LOG.info("proxy serves https: addresses={}", bound);
        return bound;
    }

    private String transport() {
        return listeners.getFirst() instanceof EpollServerSocketChannel ? "epoll" : "nio";
    }

    /// All of them, or none.
    /// @param furnish puts handlers into the pipeline of an accepted connection
    private List<Address> bind(List<Address> addresses, Map<Address, Integer> taken, BiConsumer<SocketChannel, Loop> furnish) {
        var bound = new ArrayList<Address>();
        int before = listeners.size();
        try {
            addresses.forEach(address -> bound.add(bind(address, Optional.ofNullable(taken.get(address)), furnish)));
            return bound;
        } catch (Failure e) {
            stopListening(before);
            throw e;
        }
    }

    private Address bind(Address address, Optional<Integer> taken, BiConsumer<SocketChannel, Loop> furnish) {
        if (taken.isPresent() && !epoll(shared.settings())) {
            throw new Failure(Failure.Kind.INVALID, "cannot take over the socket of " + address + ": that needs the native transport");
        }
        ServerBootstrap server = new ServerBootstrap()
                .group(group)
                .channelFactory(taken.isPresent() ? () -> new EpollServerSocketChannel(taken.get()) : newServer::get)
                .option(ChannelOption.SO_BACKLOG, 4096)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, shared.allocator())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Loop.WATER_MARK)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        Loop loop = loops.get(channel.eventLoop());
                        channel.config().setRecvByteBufAllocator(loop.receiveBuffers());
                        if (shared.settings().edge().proxyProtocol()) {
                            channel.pipeline().addLast(new PrefaceReader(loop));
                        }
                        furnish.accept(channel, loop);
                    }
                });
        if (sharedPorts && epoll(shared.settings()) && taken.isEmpty()) {
            server.option(EpollChannelOption.SO_REUSEPORT, true);
        }
        ChannelFuture bound = taken.isPresent() ? server.register() : server.bind(new InetSocketAddress(address.host(), address.port()));
        if (!bound.awaitUninterruptibly().isSuccess()) {
            throw failure(address, bound.cause());
        }
        listeners.add(bound.channel());
        return new Address(address.host(), ((InetSocketAddress) bound.channel().localAddress()).getPort());
    }

    private static Failure failure(Address address, Throwable cause) {
        String reason = String.valueOf(cause.getMessage());
        if (reason.contains("in use")) {
            return new Failure(Failure.Kind.CONFLICT, "cannot listen on " + address + ": the port is taken", cause);
        }
        return new Failure(Failure.Kind.INVALID, "cannot listen on " + address + ": " + reason, cause);
    }

    private void stopListening(int from) {
        List<Channel> ended = listeners.subList(from, listeners.size());
        ended.forEach(listener -> listener.close().awaitUninterruptibly());
        ended.clear();
    }

    /// Returns when every request that was given a target of an earlier table counts as that target's: from then on nothing new
    /// goes where the table of now does not lead.
    public void settle() {
        var passed = new CountDownLatch(loops.size());
        loops.keySet().forEach(executor -> executor.execute(passed::countDown));
        try {
            if (!passed.await(SETTLES.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("proxy is slow: an event loop did not answer within {}", SETTLES);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Descriptors of the sockets it listens on, by address as bound: for a successor that shares them. Empty without native transport.
    public synchronized Map<Address, Integer> sockets() {
        var sockets = new LinkedHashMap<Address, Integer>();
        for (Channel listener : listeners) {
            if (listener instanceof EpollServerSocketChannel server) {
                InetSocketAddress local = server.localAddress();
                sockets.put(new Address(local.getAddress().getHostAddress(), local.getPort()), server.fd().intValue());
            }
        }
        return sockets;
    }

    /// Takes no new connection from now on: a successor that shares the sockets does, those in their queues included. What is open goes
    /// on: a connection ends after its next answer, a tunnel with its sides. No connection ends under a request that is on its way.
    public synchronized void retire() {
        shared.draining().set(true);
        stopListening(0);
        loops.forEach((executor, loop) -> executor.execute(loop::retire));
        LOG.info("proxy takes no more connections: open={}", connections());
    }

    /// Clients that are connected now.
    public int connections() {
        return shared.connections().get();
    }

    /// Access log lines lost since the start, because the disk was too slow.
    public long droppedLines() {
        return shared.accessLog().map(AccessLog::dropped).orElse(0L);
    }

    /// Takes no new connection, lets open requests end for as long as the settings say, then cuts what is left.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        stopListening(0);
        shared.draining().set(true);
        loops.forEach((executor, loop) -> executor.execute(loop::drain));
        awaitQuiet();
        forgetHeld.run();
        loops.forEach((executor, loop) -> executor.execute(loop::abort));
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
        tls.ifPresent(TlsListener::close);
        shared.accessLog().ifPresent(AccessLog::close);
        LOG.info("proxy stopped");
    }

    private void awaitQuiet() {
        Runnable check = new Runnable() {
            @Override
            public void run() {
                if (shared.connections().get() == 0) {
                    quiet.countDown();
                } else {
                    group.schedule(this, 10, TimeUnit.MILLISECONDS);
                }
            }
        };
        group.execute(check);
        try {
            if (!quiet.await(shared.settings().drain().toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("proxy stops: connections cut={}", shared.connections().get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
