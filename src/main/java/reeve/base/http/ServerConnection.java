package reeve.base.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Time;

/// One connection of an [HttpServer]: requests one after the other until somebody wants to end. [#run] on a thread of its
/// own; [#finish] and [#cut] from any.
final class ServerConnection {
    private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);
    private static final Duration LINGER = Duration.ofSeconds(1);
    private static final int MOST_LINGERING = 256 * 1024;

    private final SocketChannel channel;
    private final ServerLimits limits;
    private final Time time;
    private final HttpHandler handler;
    private final Deadline deadline;
    private final Inbound in;
    private final RequestHead head;
    private final CountDownLatch gone = new CountDownLatch(1);
    private boolean idle;
    private boolean finishing;

    ServerConnection(SocketChannel channel, ServerLimits limits, Time time, HttpHandler handler) {
        this.channel = channel;
        this.limits = limits;
        this.time = time;
        this.handler = handler;
        this.deadline = new Deadline(time, channel);
        this.in = new Inbound(channel, limits.head());
        this.head = new RequestHead(limits.head());
    }

    void run() {
        try {
            Peer peer = peer();
            boolean more = true;
            while (more && awaitRequest()) {
                more = serveOne(peer);
            }
        } catch (IOException e) {
            LOG.debug("a connection ended: reason={}", e.getMessage());
        } finally {
            cut();
            deadline.clear();
        }
    }

    /// Too many connections.
    void refuse() {
        try {
            deadline.set(LINGER);
            send(HttpAnswer.text(503, "cannot serve this connection: there are too many\n").with("Retry-After", "1"), Framing.WHOLE_CLOSE);
            linger();
        } catch (IOException e) {
            LOG.debug("a connection ended: reason={}", e.getMessage());
        } finally {
            cut();
            deadline.clear();
        }
    }

    /// Serves no further request; ends at once when none is under way.
    synchronized void finish() {
        finishing = true;
        gone.countDown();
        if (idle) {
            cut();
        }
    }

    void cut() {
        gone.countDown();
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("cannot close a connection: reason={}", e.getMessage());
        }
    }

    private Peer peer() throws IOException {
        if (channel.getRemoteAddress() instanceof InetSocketAddress remote) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            return new Peer.Tcp(remote);
        }
        return new Peer.Unix(channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user());
    }

    private boolean awaitRequest() throws IOException {
        synchronized (this) {
            if (finishing) {
                return false;
            }
            idle = true;
        }
        deadline.set(limits.idle());
        boolean there = in.await();
        synchronized (this) {
            idle = false;
            return there && !finishing;
        }
    }

    /// @return whether the connection can take another request
    private boolean serveOne(Peer peer) throws IOException {
        deadline.set(limits.request());
        switch (in.head(head)) {
            case Inbound.Found.Ended() -> {
                return false;
            }
            case Inbound.Found.Bad(int status, String reason) -> {
                return reject(status, "cannot read the request: " + reason);
            }
            case Inbound.Found.Whole() -> { }
        }
        boolean keep = head.keepsAlive();
        boolean modern = head.minorVersion() == 1;
        boolean answersHead = head.method() == RequestHead.Method.HEAD;
        HttpRequest request;
        try {
            request = request(peer);
        } catch (BodyTooLargeException e) {
            return reject(413, e.getMessage());
        }
        deadline.clear();
        HttpAnswer answer = answer(request);
        return switch (answer.body()) {
            case HttpAnswer.Whole _ -> {
                boolean last = !keep || isFinishing();
                send(answer, answersHead ? (last ? Framing.HEAD_CLOSE : Framing.HEAD_KEEP) : last ? Framing.WHOLE_CLOSE
                        : Framing.WHOLE_KEEP);
                yield !last;
            }
            case HttpAnswer.Streamed(HttpAnswer.Writer writer) -> {
                send(answer, modern ? Framing.CHUNKED : Framing.UNTIL_CLOSE);
                if (!answersHead) {
                    stream(writer, modern);
                }
                yield false;
            }
            case HttpAnswer.Upgraded(String protocol, HttpAnswer.Conversation conversation) -> {
                upgrade(answer.with("Upgrade", protocol), conversation);
                yield false;
            }
        };
    }

    private void upgrade(HttpAnswer answer, HttpAnswer.Conversation conversation) throws IOException {
        boolean held = false;
        try {
            send(answer, Framing.UPGRADED);
            if (mayPause()) {
                held = true;
                conversation.hold(new FrameChannel(channel, in));
            }
        } finally {
            if (!held) {
                conversation.drop();
            }
        }
    }

    /// A conversation is of unknown length, and has pauses of any length: it ends when either end closes, or the server.
    private synchronized boolean mayPause() {
        idle = !finishing; // so that the end of the server cuts it
        return idle;
    }

    private synchronized boolean isFinishing() {
        return finishing;
    }

    private boolean reject(int status, String reason) throws IOException {
        send(HttpAnswer.text(status, reason + "\n"), Framing.WHOLE_CLOSE);
        linger();
        return false;
    }

    private HttpRequest request(Peer peer) throws IOException {
        String method = head.methodText();
        String path = head.pathFrom() == head.pathTo() ? "/" : head.path();
        String query = head.query();
        String host = head.authorityFrom() == head.authorityTo() ? "" : head.host();
        var headers = head.headers();
        BodyKind kind = head.body();
        long length = head.contentLength();
        if (length > limits.bodyBytes()) {
            throw new BodyTooLargeException(limits.bodyBytes());
        }
        if (head.expectsContinue() && kind != BodyKind.NONE) {
            write(ByteBuffer.wrap("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            deadline.set(limits.request());
        }
        byte[] body = new BodyInput(in, kind, length).readWhole(limits.bodyBytes());
        return new HttpRequest(method, path, query, host, headers, body, peer);
    }

    private HttpAnswer answer(HttpRequest request) {
        try {
            return handler.handle(request);
        } catch (RuntimeException | Error e) {
            LOG.error("cannot answer a request: method={} path={}", request.method(), request.path(), e);
            return HttpAnswer.text(500, "cannot answer: a fault in Reeve, see its log\n");
        }
    }

    /// How an answer's head says where its body ends, and what becomes of the connection.
    private enum Framing { WHOLE_KEEP, WHOLE_CLOSE, HEAD_KEEP, HEAD_CLOSE, CHUNKED, UNTIL_CLOSE, UPGRADED }

    private void send(HttpAnswer answer, Framing framing) throws IOException {
        byte[] body = answer.body() instanceof HttpAnswer.Whole(byte[] bytes) ? bytes : new byte[0];
        boolean bodyless = answer.status() == 204 || answer.status() == 304;
        var text = new StringBuilder(256).append("HTTP/1.1 ").append(answer.status()).append(' ').append(Reasons.of(answer.status()))
                .append("\r\n");
        answer.headers().forEach(header -> text.append(header.name()).append(": ").append(header.value()).append("\r\n"));
        text.append("Date: ").append(Reasons.date(time.wall())).append("\r\n");
        text.append(switch (framing) {
            case WHOLE_KEEP, HEAD_KEEP -> bodyless ? "" : "Content-Length: " + body.length + "\r\n";
            case WHOLE_CLOSE, HEAD_CLOSE -> (bodyless ? "" : "Content-Length: " + body.length + "\r\n") + "Connection: close\r\n";
            case CHUNKED -> "Transfer-Encoding: chunked\r\nConnection: close\r\n";
            case UNTIL_CLOSE -> "Connection: close\r\n";
            case UPGRADED -> "Connection: Upgrade\r\n";
        });
        byte[] head = text.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        boolean withBody = !bodyless && (framing == Framing.WHOLE_KEEP || framing == Framing.WHOLE_CLOSE);
        ByteBuffer all = ByteBuffer.allocate(head.length + (withBody ? body.length : 0)).put(head);
        write((withBody ? all.put(body) : all).flip());
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            deadline.set(limits.write());
            channel.write(bytes);
        }
        deadline.clear();
    }

    private void stream(HttpAnswer.Writer writer, boolean chunked) throws IOException {
        Thread watcher = Thread.ofVirtual().name("http watch").start(this::watchForLeaving);
        writer.write(new HttpAnswer.Sink() {
            @Override
            public void write(byte[] bytes) throws IOException {
                if (bytes.length > 0) {
                    ServerConnection.this.write(chunked ? chunk(bytes) : ByteBuffer.wrap(bytes));
                }
            }

            @Override
            public boolean goneWithin(Duration pause) {
                try {
                    return gone.await(pause.toNanos(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return true;
                }
            }
        });
        if (chunked) {
            write(ByteBuffer.wrap("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        }
        channel.shutdownOutput();
        deadline.set(LINGER);
        try {
            watcher.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ByteBuffer chunk(byte[] bytes) {
        byte[] size = (Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(size.length + bytes.length + 2).put(size).put(bytes).put((byte) '\r').put((byte) '\n').flip();
    }

    /// A client that only listens leaves without a word; only reading shows it.
    private void watchForLeaving() {
        try {
            drain();
        } catch (ClosedChannelException e) {
            return; // the answer has ended
        } catch (IOException e) {
            LOG.debug("a client left: reason={}", e.getMessage());
        }
        gone.countDown();
    }

    /// What was not read would turn the close into a reset, which can overtake the answer.
    private void linger() throws IOException {
        deadline.set(LINGER);
        channel.shutdownOutput();
        drain();
    }

    private void drain() throws IOException {
        ByteBuffer rest = ByteBuffer.allocate(8 * 1024);
        for (int count = 0, all = 0; count >= 0 && all < MOST_LINGERING; all += count) {
            count = channel.read(rest.clear());
        }
    }
}
