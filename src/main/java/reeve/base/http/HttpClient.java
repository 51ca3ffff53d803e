package reeve.base.http;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import reeve.base.Time;

/// A small blocking HTTP/1.1 client over TCP and unix sockets: a connection per call, a deadline for all of it, answers read
/// by the strict parser. Follows no redirects. Any thread; the calling one waits.
///
/// Failures are IOExceptions: `SocketTimeoutException` when the time was over, `ConnectException` (or `NoSuchFileException`-like
/// ones for unix sockets) when nobody listens, others when the answer cannot be read.
public final class HttpClient {
    private final Time time;
    private final HeadLimits limits;

    public HttpClient(Time time) {
        this(time, HeadLimits.DEFAULT);
    }

    public HttpClient(Time time, HeadLimits limits) {
        this.time = time;
        this.limits = limits;
    }

    /// Sends a request and reads the whole answer.
    /// @param within for everything, from connecting to the body's last byte
    /// @param most   bytes of the answer's body; a longer one is a [BodyTooLargeException]
    public HttpReply call(HttpTarget target, HttpCall call, Duration within, int most) throws IOException {
        try (SocketChannel channel = channel(target)) {
            var deadline = new Deadline(time, channel);
            try {
                deadline.set(within);
                var in = new Inbound(channel, limits);
                ResponseHead head = exchange(target, call, channel, in);
                var headers = head.headers(); // before the body is read: the head lives in the same bytes
                return new HttpReply(head.status(), headers, body(head, call, in).readWhole(most));
            } catch (IOException e) {
                throw deadline.explain(e, "get an answer from " + name(target));
            } finally {
                deadline.clear();
            }
        }
    }

    /// Sends a request and reads the answer's head; the body is read by the caller, who closes the stream.
    /// @param within from connecting to the head's last byte; the body may take as long as it likes
    public HttpStream open(HttpTarget target, HttpCall call, Duration within) throws IOException {
        return connected(target, within, (channel, _) -> {
            var in = new Inbound(channel, limits);
            ResponseHead head = exchange(target, call, channel, in);
            return new HttpStream(head.status(), head.headers(), channel, body(head, call, in));
        });
    }

    /// Sends a request whose body is made while it is sent, and reads the answer's head; the caller reads on, and closes.
    /// @param within how long it may take until the next piece of the body is taken, and from the last one to the answer's head
    public HttpStream open(HttpTarget target, HttpCall call, HttpUpload upload, Duration within) throws IOException {
        return connected(target, within, (channel, deadline) -> {
            connect(channel, target);
            write(channel, request(target, call, "Transfer-Encoding: chunked"));
            var out = new ChunkedOutput(part -> {
                write(channel, part);
                deadline.set(within);
            });
            upload.writeTo(out);
            out.close(); // only here: a body that could not be made must not look whole
            var in = new Inbound(channel, limits);
            ResponseHead head = answer(target, in);
            return new HttpStream(head.status(), head.headers(), channel, body(head, call, in));
        });
    }

    /// How asking for another protocol went.
    public sealed interface Switched {
        /// The caller closes it.
        record To(FrameChannel frames) implements Switched {}

        /// The server answered as to any request.
        record Refused(HttpReply reply) implements Switched {}
    }

    /// Sends a request that asks for another protocol on its connection.
    /// @param within from connecting to the head's last byte
    /// @param most   bytes of the answer where the server refuses
    public Switched upgrade(HttpTarget target, HttpCall call, String protocol, Duration within, int most) throws IOException {
        return connected(target, within, (channel, _) -> {
            var in = new Inbound(channel, limits);
            var headers = new ArrayList<>(call.headers());
            headers.add(new Head.Header("Connection", "Upgrade"));
            headers.add(new Head.Header("Upgrade", protocol));
            var asking = new HttpCall(call.method(), call.target(), headers, call.body());
            ResponseHead head = exchange(target, asking, channel, in);
            if (head.status() == 101) {
                return new Switched.To(new FrameChannel(channel, in));
            }
            var refused = new Switched.Refused(new HttpReply(head.status(), head.headers(), body(head, call, in).readWhole(most)));
            channel.close();
            return refused;
        });
    }

    /// What is done on a new connection before somebody takes it over.
    private interface Use<T> {
        T on(SocketChannel channel, Deadline deadline) throws IOException;
    }

    /// Makes a connection that stays open unless its use fails.
    private <T> T connected(HttpTarget target, Duration within, Use<T> use) throws IOException {
        SocketChannel channel = channel(target);
        var deadline = new Deadline(time, channel);
        boolean used = false;
        try {
            deadline.set(within);
            T result = use.on(channel, deadline);
            used = true;
            return result;
        } catch (IOException e) {
            throw deadline.explain(e, "get an answer from " + name(target));
        } finally {
            deadline.clear();
            if (!used) {
                channel.close();
            }
        }
    }

    private static SocketChannel channel(HttpTarget target) throws IOException {
        return switch (target) {
            case HttpTarget.Tcp _ -> SocketChannel.open();
            case HttpTarget.Unix _ -> SocketChannel.open(StandardProtocolFamily.UNIX);
        };
    }

    private ResponseHead exchange(HttpTarget target, HttpCall call, SocketChannel channel, Inbound in) throws IOException {
        connect(channel, target);
        boolean hasBody = call.body().length > 0 || !call.method().equals("GET") && !call.method().equals("HEAD");
        write(channel, request(target, call, hasBody ? "Content-Length: " + call.body().length : ""));
        write(channel, ByteBuffer.wrap(call.body()));
        return answer(target, in);
    }

    private static void connect(SocketChannel channel, HttpTarget target) throws IOException {
        channel.connect(switch (target) {
            case HttpTarget.Tcp(var address) -> address;
            case HttpTarget.Unix(var socket) -> UnixDomainSocketAddress.of(socket);
        });
    }

    private static void write(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private ResponseHead answer(HttpTarget target, Inbound in) throws IOException {
        var head = new ResponseHead(limits);
        do {
            switch (in.head(head)) {
                case Inbound.Found.Whole() -> { }
                case Inbound.Found.Bad(int _, String reason) ->
                        throw new IOException("cannot read the answer of " + name(target) + ": " + reason);
                case Inbound.Found.Ended() ->
                        throw new EOFException("cannot get an answer from " + name(target) + ": it closed the connection");
            }
        } while (head.status() < 200 && head.status() != 101);
        return head;
    }

    private static BodyInput body(ResponseHead head, HttpCall call, Inbound in) {
        return new BodyInput(in, head.body(call.method().equals("HEAD")), head.contentLength());
    }

    /// @param framing the field that says how long the body is; empty for none
    private static ByteBuffer request(HttpTarget target, HttpCall call, String framing) {
        var text = new StringBuilder(256).append(call.method()).append(' ').append(call.target()).append(" HTTP/1.1\r\n");
        if (isMissing(call.headers(), "Host")) {
            text.append("Host: ").append(host(target)).append("\r\n");
        }
        call.headers().forEach(header -> text.append(header.name()).append(": ").append(header.value()).append("\r\n"));
        if (!framing.isEmpty()) {
            text.append(framing).append("\r\n");
        }
        if (isMissing(call.headers(), "Connection")) {
            text.append("Connection: close\r\n");
        }
        return ByteBuffer.wrap(text.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
    }

    private static boolean isMissing(List<Head.Header> headers, String name) {
        return headers.stream().noneMatch(header -> header.name().equalsIgnoreCase(name));
    }

    private static String host(HttpTarget target) {
        return switch (target) {
            case HttpTarget.Tcp(var address) -> {
                String host = address.getHostString();
                yield (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
            }
            case HttpTarget.Unix _ -> "localhost";
        };
    }

    private static String name(HttpTarget target) {
        return switch (target) {
            case HttpTarget.Tcp _ -> host(target);
            case HttpTarget.Unix(var socket) -> socket.toString();
        };
    }
}
