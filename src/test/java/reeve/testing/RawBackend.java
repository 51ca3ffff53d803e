package reeve.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import reeve.model.Address;

/// A server on loopback whose behaviour a test writes down connection by connection. Each connection has a virtual thread;
/// when the handler returns or fails, the connection is closed.
public final class RawBackend implements AutoCloseable {
    private final ServerSocket listener;
    private final AtomicInteger connections = new AtomicInteger();
    private final List<RawConnection.Message> requests = new CopyOnWriteArrayList<>();
    private final List<RawConnection> open = new CopyOnWriteArrayList<>();

    /// What happens on one connection.
    @FunctionalInterface
    public interface Handler {
        void handle(RawConnection connection, int number) throws IOException, InterruptedException;
    }

    /// What is answered to one request.
    @FunctionalInterface
    public interface Responder {
        String respond(RawConnection.Message request);
    }

    private RawBackend(ServerSocket listener) {
        this.listener = listener;
    }

    private static ServerSocket plain() throws IOException {
        return new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
    }

    /// @param handler told the connection's number, from 1
    public static RawBackend serving(Handler handler) throws IOException {
        return serving(plain(), handler);
    }

    /// @param listener on loopback, such as one for TLS
    public static RawBackend serving(ServerSocket listener, Handler handler) {
        var backend = new RawBackend(listener);
        Thread.ofVirtual().start(() -> backend.accept(handler));
        return backend;
    }

    /// Keeps connections alive, records each request, and answers it with the text given.
    public static RawBackend answering(Responder responder) throws IOException {
        return answering(plain(), responder);
    }

    /// @param listener on loopback, such as one for TLS
    public static RawBackend answering(ServerSocket listener, Responder responder) {
        var backend = new RawBackend(listener);
        Thread.ofVirtual().start(() -> backend.accept((connection, _) -> {
            while (true) {
                RawConnection.Message request = connection.readMessage();
                backend.requests.add(request);
                connection.send(responder.respond(request));
            }
        }));
        return backend;
    }

    public static String ok(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private void accept(Handler handler) {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                int number = connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket, handler, number));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket, Handler handler, int number) {
        try (var connection = new RawConnection(socket)) {
            open.add(connection);
            handler.handle(connection, number);
        } catch (IOException | InterruptedException e) {
            // the other side ended the conversation: the tests look at what came of it
        }
    }

    public Address address() {
        return Address.loopback(listener.getLocalPort());
    }

    /// Connections accepted so far.
    public int connections() {
        return connections.get();
    }

    /// Requests read so far by [#answering].
    public List<RawConnection.Message> requests() {
        return requests;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (RawConnection connection : open) {
            connection.close();
        }
    }
}
