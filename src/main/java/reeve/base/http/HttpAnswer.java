package reeve.base.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What a handler answers. The server adds the framing, `Date` and `Connection`.
public record HttpAnswer(int status, List<Head.Header> headers, Body body) {

    /// What follows the head.
    public sealed interface Body {}

    public record Whole(byte[] bytes) implements Body {}

    /// Written while it comes into being; the connection ends with it.
    public record Streamed(Writer writer) implements Body {}

    /// Leaves HTTP: the answer is 101, and what follows is frames. The connection ends with it.
    /// @param protocol what the client asked for in `Upgrade`
    public record Upgraded(String protocol, Conversation conversation) implements Body {}

    /// Called on the connection's thread once the head is sent; the connection ends when it returns.
    @FunctionalInterface
    public interface Conversation {
        void hold(FrameChannel frames) throws IOException;

        /// Called instead where the client has left before the head could be sent, or the server ends.
        default void drop() {}
    }

    /// Called on the connection's thread once the head is sent; the body ends when it returns.
    @FunctionalInterface
    public interface Writer {
        /// @throws IOException when the client cannot be written to any more
        void write(Sink out) throws IOException;
    }

    /// Where a streamed body goes.
    public interface Sink {
        /// Sends at once; blocks while the client takes nothing, for a bounded time.
        void write(byte[] bytes) throws IOException;

        default void write(String text) throws IOException {
            write(text.getBytes(StandardCharsets.UTF_8));
        }

        /// Waits for a while, or until nobody wants more.
        /// @return true when the client has left or the server closes
        boolean goneWithin(Duration pause);
    }

    public HttpAnswer {
        headers = List.copyOf(headers);
        if (status < 200 && !(status == 101 && body instanceof Upgraded) || status > 599) {
            throw new IllegalArgumentException("cannot answer with status " + status);
        }
        for (Head.Header header : headers) {
            checkText(header.name(), header.value());
        }
    }

    /// A control character in a header would let whoever put it there write headers of his own.
    static void checkText(String name, String value) {
        boolean nameFits = !name.isEmpty() && name.chars().allMatch(c -> c < 128 && Octets.isToken((byte) c));
        boolean valueFits = value.chars().allMatch(c -> c == '\t' || c >= ' ' && c < 127);
        if (!nameFits || !valueFits) {
            throw new IllegalArgumentException("cannot send a header: its name or value holds a character that is not allowed");
        }
    }

    public static HttpAnswer of(int status, String contentType, byte[] body) {
        return new HttpAnswer(status, List.of(new Head.Header("Content-Type", contentType)), new Whole(body));
    }

    public static HttpAnswer text(int status, String text) {
        return of(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    public static HttpAnswer streamed(String contentType, Writer writer) {
        return new HttpAnswer(200, List.of(new Head.Header("Content-Type", contentType)), new Streamed(writer));
    }

    public static HttpAnswer upgraded(String protocol, Conversation conversation) {
        return new HttpAnswer(101, List.of(), new Upgraded(protocol, conversation));
    }

    public HttpAnswer with(String name, String value) {
        var more = new ArrayList<>(headers);
        more.add(new Head.Header(name, value));
        return new HttpAnswer(status, more, body);
    }
}
