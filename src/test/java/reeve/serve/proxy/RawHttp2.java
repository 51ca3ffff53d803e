package reeve.serve.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reeve.model.Address;

/// The client's end of an HTTP/2 connection on which a test says exactly the frames it means. Fields are written as literals, so
/// that anything can stand in them. Reads give up after ten seconds.
final class RawHttp2 implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private final Socket socket;
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, 1 << 20);
    private final Map<Integer, Answer> answers = new HashMap<>();
    private long goAway = -1;
    private int lastStream = -1;
    private String said = "";
    private boolean widens = true;

    /// What came on one stream so far.
    static final class Answer {
        final Map<String, String> fields = new LinkedHashMap<>();
        final Map<String, String> trailers = new LinkedHashMap<>();
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int interims;
        int frames;
        boolean ended;
        long reset = -1;

        int status() {
            return Integer.parseInt(fields.getOrDefault(":status", "0"));
        }

        String body() {
            return bytes.toString(StandardCharsets.ISO_8859_1);
        }

        boolean over() {
            return ended || reset >= 0;
        }
    }

    record Frame(int type, int flags, int stream, byte[] payload) {}

    RawHttp2(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 64 * 1024));
    }

    static RawHttp2 to(Address address) throws IOException {
        return over(new Socket(InetAddress.getByName(address.host()), address.port()));
    }

    static RawHttp2 over(Socket socket) throws IOException {
        return new RawHttp2(socket).text(PREFACE).frame(SETTINGS, 0, 0);
    }

    /// Gives the peer no more room than the first window.
    RawHttp2 stalling() {
        widens = false;
        return this;
    }

    RawHttp2 text(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    RawHttp2 frame(int type, int flags, int stream, byte... payload) throws IOException {
        socket.getOutputStream().write(bytes(type, flags, stream, payload));
        return this;
    }

    private void reply(int type, int flags, int stream, byte... payload) throws IOException {
        try {
            frame(type, flags, stream, payload);
        } catch (SocketException e) {
            // the peer has ended the connection; what it had said before can still be read
        }
    }

    static byte[] bytes(int type, int flags, int stream, byte... payload) {
        return ByteBuffer.allocate(9 + payload.length).put((byte) (payload.length >> 16)).putShort((short) payload.length)
                .put((byte) type).put((byte) flags).putInt(stream).put(payload).array();
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    RawHttp2 setting(int id, int value) throws IOException {
        return frame(SETTINGS, 0, 0, ByteBuffer.allocate(6).putShort((short) id).putInt(value).array());
    }

    /// @param fields names and values in turn
    RawHttp2 headers(int stream, boolean end, String... fields) throws IOException {
        return frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block(fields));
    }

    RawHttp2 get(int stream, String path) throws IOException {
        return headers(stream, true, ":method", "GET", ":scheme", "http", ":path", path, ":authority", "a.example");
    }

    RawHttp2 data(int stream, boolean end, String text) throws IOException {
        return frame(DATA, end ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static byte[] block(String... fields) {
        var block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            block.write(0); // a literal that enters no table
            string(block, fields[i]);
            string(block, fields[i + 1]);
        }
        return block.toByteArray();
    }

    private static void string(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length < 127) {
            block.write(bytes.length);
        } else {
            block.write(127);
            int left = bytes.length - 127;
            while (left >= 128) {
                block.write(left & 127 | 128);
                left >>= 7;
            }
            block.write(left);
        }
        block.writeBytes(bytes);
    }

    /// @throws EOFException where the connection has ended
    Frame next() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = new byte[length];
        in.readFully(payload);
        return new Frame(type, flags, stream, payload);
    }

    /// Reads until a stream is over, or the connection.
    Answer answer(int stream) throws IOException {
        while (!of(stream).over()) {
            if (!step()) {
                break;
            }
        }
        return of(stream);
    }

    /// Reads until the head of an answer is there, or its stream is over.
    Answer head(int stream) throws IOException {
        while (of(stream).fields.isEmpty() && !of(stream).over()) {
            if (!step()) {
                break;
            }
        }
        return of(stream);
    }

    /// Reads until the connection is over.
    /// @return the error that the peer gave; -1: none
    long end() throws IOException {
        while (step()) { }
        return goAway;
    }

    /// @return the last stream that the peer takes, once it has said so
    int goingAway() throws IOException {
        while (goAway < 0 && step()) { }
        return lastStream;
    }

    /// What the peer gave as the reason of its leaving.
    String said() {
        return said;
    }

    Answer of(int stream) {
        return answers.computeIfAbsent(stream, _ -> new Answer());
    }

    /// Reads one frame and does what a client does with it.
    /// @return false at the end of the connection
    boolean step() throws IOException {
        Frame frame;
        try {
            frame = next();
        } catch (EOFException | SocketException e) {
            return false;
        }
        Answer answer = of(frame.stream);
        answer.frames++;
        switch (frame.type) {
            case HEADERS -> head(answer, frame);
            case DATA -> {
                answer.bytes.writeBytes(frame.payload);
                answer.ended |= (frame.flags & END_STREAM) != 0;
                if (widens && frame.payload.length > 0) {
                    reply(WINDOW_UPDATE, 0, 0, number(frame.payload.length));
                    reply(WINDOW_UPDATE, 0, frame.stream, number(frame.payload.length));
                }
            }
            case RST_STREAM -> answer.reset = ByteBuffer.wrap(frame.payload).getInt();
            case SETTINGS -> {
                if ((frame.flags & ACK) == 0) {
                    reply(SETTINGS, ACK, 0);
                }
            }
            case GOAWAY -> {
                ByteBuffer payload = ByteBuffer.wrap(frame.payload);
                lastStream = payload.getInt();
                goAway = payload.getInt();
                said = StandardCharsets.US_ASCII.decode(payload).toString();
            }
            default -> { }
        }
        return true;
    }

    private void head(Answer answer, Frame frame) throws IOException {
        ByteBuf block = Unpooled.wrappedBuffer(frame.payload);
        Map<String, String> into = answer.status() / 100 > 1 ? answer.trailers : answer.fields;
        if (answer.status() / 100 == 1) {
            answer.fields.clear();
            answer.interims++;
        }
        try {
            decoder.decodeHeaders(frame.stream, block).forEach(field -> into.merge(field.getKey().toString(), field.getValue().toString(),
                    (one, other) -> one + " | " + other));
        } catch (Http2Exception e) {
            throw new IOException("the head cannot be read", e);
        }
        answer.ended |= (frame.flags & END_STREAM) != 0;
    }

    @Nullable String field(int stream, String name) {
        return of(stream).fields.get(name);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
