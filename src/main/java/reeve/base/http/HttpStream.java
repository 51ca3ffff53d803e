package reeve.base.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// An answer whose body is read while it comes: lines of text, JSON or server-sent events. One thread reads; any may close,
/// which ends the reading.
public final class HttpStream implements AutoCloseable {
    private static final int LONGEST_LINE = 1024 * 1024;

    private final int status;
    private final List<Head.Header> headers;
    private final SocketChannel channel;
    private final InputStream body;
    private final byte[] block = new byte[8 * 1024];
    private int from;
    private int to;

    HttpStream(int status, List<Head.Header> headers, SocketChannel channel, InputStream body) {
        this.status = status;
        this.headers = List.copyOf(headers);
        this.channel = channel;
        this.body = body;
    }

    public int status() {
        return status;
    }

    public List<Head.Header> headers() {
        return headers;
    }

    /// The whole rest of the body; for answers that turned out to be errors.
    public byte[] rest(int most) throws IOException {
        return body.readNBytes(most);
    }

    /// The next line without its end, waiting for it.
    /// @return empty when the body has ended
    /// @throws IOException also when a line is longer than 1 MiB, or the stream was closed
    public Optional<String> line() throws IOException {
        var line = new ByteArrayOutputStream();
        while (true) {
            if (from == to) {
                from = 0;
                to = Math.max(0, body.read(block, 0, block.length));
                if (to == 0) {
                    return line.size() == 0 ? Optional.empty() : Optional.of(line.toString(StandardCharsets.UTF_8));
                }
            }
            int at = from;
            while (at < to && block[at] != '\n') {
                at++;
            }
            line.write(block, from, at - from);
            if (line.size() > LONGEST_LINE) {
                throw new IOException("cannot read a line: it is longer than " + LONGEST_LINE + " bytes");
            }
            boolean whole = at < to;
            from = whole ? at + 1 : at;
            if (whole) {
                String text = line.toString(StandardCharsets.UTF_8);
                return Optional.of(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
