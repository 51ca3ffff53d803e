package reeve.base.http;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Time;

/// A small HTTP/1.1 server for control-plane traffic: blocking, a virtual thread per connection, everything bounded.
/// Serves a TCP or a unix listener alike.
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final ServerSocketChannel listener;
    private final ServerLimits limits;
    private final Time time;
    private final HttpHandler handler;
    private final Semaphore free;
    private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private HttpServer(ServerSocketChannel listener, ServerLimits limits, Time time, HttpHandler handler) {
        this.listener = listener;
        this.limits = limits;
        this.time = time;
        this.handler = handler;
        this.free = new Semaphore(limits.connections());
    }

    /// Serves from now on until [#close], which also closes the listener.
    /// @param listener bound, in blocking mode
    public static HttpServer start(ServerSocketChannel listener, ServerLimits limits, Time time, HttpHandler handler) {
        var server = new HttpServer(listener, limits, time, handler);
        Thread.ofVirtual().name("http accept").start(server::accept);
        return server;
    }

    /// Where it listens, with the port that was picked where 0 was asked for.
    public SocketAddress address() {
        try {
            return listener.getLocalAddress();
        } catch (IOException e) {
            throw new IllegalStateException("cannot tell the address of a closed server", e);
        }
    }

    private void accept() {
        while (!closed) {
            try {
                serve(listener.accept());
            } catch (ClosedChannelException e) {
                return; // by close()
            } catch (IOException e) {
                LOG.warn("cannot accept a connection: reason={}", e.getMessage());
                pauseAfterFailure();
            }
        }
    }

    /// Without file descriptors accept fails at once, again and again.
    private void pauseAfterFailure() {
        try {
            if (free.tryAcquire(limits.connections(), 100, TimeUnit.MILLISECONDS)) {
                free.release(limits.connections());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel channel) {
        boolean admitted = free.tryAcquire();
        var connection = new ServerConnection(channel, limits, time, handler);
        connections.add(connection);
        Thread.ofVirtual().name("http " + connection).start(() -> {
            try {
                if (admitted && !closed) {
                    connection.run();
                } else {
                    connection.refuse();
                }
            } finally {
                connections.remove(connection);
                if (admitted) {
                    free.release();
                }
            }
        });
    }

    /// Takes no more connections and requests, lets answers under way finish for a moment, ends streams, then cuts what is left.
    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
        } catch (IOException e) {
            LOG.warn("cannot close a listener: reason={}", e.getMessage());
        }
        connections.forEach(ServerConnection::finish);
        try {
            if (!free.tryAcquire(limits.connections(), GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                connections.forEach(ServerConnection::cut);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            connections.forEach(ServerConnection::cut);
        }
    }
}
