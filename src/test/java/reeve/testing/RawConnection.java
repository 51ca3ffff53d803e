package reeve.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import reeve.model.Address;

/// One end of a TCP connection on which a test says exactly the bytes it means, and reads exactly the bytes that came. Text
/// is Latin-1. Reads give up after ten seconds.
public final class RawConnection implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    RawConnection(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(true);
        this.in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
    }

    public static RawConnection to(Address address) throws IOException {
        return new RawConnection(new Socket(InetAddress.getByName(address.host()), address.port()));
    }

    /// On a socket that the caller has prepared: for TLS.
    public static RawConnection over(Socket socket) throws IOException {
        return new RawConnection(socket);
    }

    /// With a small receive buffer, for a reader that is slow.
    public static RawConnection slowTo(Address address) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(address.host(), address.port()));
        return new RawConnection(socket);
    }

    public RawConnection send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    public RawConnection send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /// @return the head with its empty line; empty at the end of the stream
    /// @throws EOFException when the stream ends within a head
    public String readHead() throws IOException {
        var head = new StringBuilder();
        while (head.length() < 4 || head.lastIndexOf("\r\n\r\n") != head.length() - 4) {
            int b = in.read();
            if (b < 0) {
                if (head.isEmpty()) {
                    return "";
                }
                throw new EOFException("in a head: " + head);
            }
            head.append((char) b);
        }
        return head.toString();
    }

    public String read(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("after " + bytes.length + " of " + length + " bytes");
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /// @return -1 at the end of the stream
    public int readSome(byte[] into) throws IOException {
        return in.read(into);
    }

    public String readToEnd() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /// Whether the other side has closed, in order or not, with nothing left to read.
    public boolean ended() {
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException e) {
            return false; // still open, as far as anybody can tell
        } catch (IOException e) {
            return true; // reset
        }
    }

    /// A message as it came.
    /// @param body without chunked framing
    public record Message(String head, String body) {
        public int status() {
            return Integer.parseInt(head.split(" ")[1].substring(0, 3));
        }

        /// Empty where there is none.
        public String header(String name) {
            return head.lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        }
    }

    /// Reads a whole request or response.
    /// @throws EOFException when it does not come whole
    public Message readMessage() throws IOException {
        String head = readHead();
        if (head.isEmpty()) {
            throw new EOFException("before a head");
        }
        var message = new Message(head, "");
        if (message.header("Transfer-Encoding").equals("chunked")) {
            return new Message(head, readChunks());
        }
        String length = message.header("Content-Length");
        boolean response = head.startsWith("HTTP/");
        int status = response ? message.status() : 0;
        if (response && (status < 200 || status == 204 || status == 304)) {
            return message;
        }
        if (!length.isEmpty()) {
            return new Message(head, read(Integer.parseInt(length)));
        }
        return response ? new Message(head, readToEnd()) : message;
    }

    private String readChunks() throws IOException {
        var body = new ByteArrayOutputStream();
        while (true) {
            var line = new StringBuilder();
            while (line.length() < 2 || line.charAt(line.length() - 1) != '\n') {
                int b = in.read();
                if (b < 0) {
                    throw new EOFException("in a chunked body");
                }
                line.append((char) b);
            }
            int size = Integer.parseInt(line.substring(0, line.length() - 2), 16);
            body.write(read(size).getBytes(StandardCharsets.ISO_8859_1));
            if (!read(2).equals("\r\n")) {
                throw new IOException("a chunk does not end in CR LF");
            }
            if (size == 0) {
                return body.toString(StandardCharsets.ISO_8859_1);
            }
        }
    }

    /// How long a read waits from now on.
    public void patience(Duration next) throws IOException {
        socket.setSoTimeout((int) next.toMillis());
    }

    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /// Closes with a TCP reset.
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
