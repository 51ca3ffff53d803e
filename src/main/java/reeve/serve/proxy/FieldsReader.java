package reeve.serve.proxy;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes the fields of HTTP/2 as heads of HTTP/1.1, which are then read as strictly as any other. What could be more or something else
/// as text than it was as a field is refused here: it is malformed (RFC 9113 §8.2, §8.3). Beneath, Netty has refused upper case,
/// fields of one connection, unknown, repeated and misplaced pseudo-header fields. Pure.
final class FieldsReader {
    private static final AsciiString CONNECT = AsciiString.cached("CONNECT");
    private static final AsciiString WEBSOCKET = AsciiString.cached("websocket");
    private static final AsciiString HOST = AsciiString.cached("host");
    private static final AsciiString COOKIE = AsciiString.cached("cookie");
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    private static final AsciiString GRPC = AsciiString.cached("application/grpc");
    private static final byte[] CRLF = Bytes.ascii("\r\n");
    private static final byte[] COLON = Bytes.ascii(": ");
    private static final byte[] VERSION = Bytes.ascii(" HTTP/1.1\r\n");
    private static final byte[] HOST_LINE = Bytes.ascii("Host: ");
    private static final byte[] CHUNKED = Bytes.ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] EMPTY = Bytes.ascii("Content-Length: 0\r\n");

    private final int stream;
    private final Bytes out;

    /// @param stream to which an error belongs
    /// @param out    where the text goes
    FieldsReader(int stream, Bytes out) {
        this.stream = stream;
        this.out = out;
    }

    /// Whether a request asks for a tunnel for a websocket (RFC 8441 §4).
    static boolean asksWebsocket(Http2Headers fields) {
        CharSequence protocol = fields.get(Http2Headers.PseudoHeaderName.PROTOCOL.value());
        return protocol != null && WEBSOCKET.contentEqualsIgnoreCase(protocol) && CONNECT.contentEquals(fields.method());
    }

    static boolean callsGrpc(Http2Headers fields) {
        CharSequence type = fields.get(CONTENT_TYPE);
        return type != null && AsciiString.of(type).startsWith(GRPC)
                && (type.length() == GRPC.length() || type.charAt(GRPC.length()) == '+' || type.charAt(GRPC.length()) == ';');
    }

    /// @param whole whether no body follows
    /// @param key   of the websocket's handshake, which HTTP/2 does without
    void request(Http2Headers fields, boolean whole, String key) throws Http2Exception {
        boolean websocket = asksWebsocket(fields);
        boolean connect = !websocket && CONNECT.contentEquals(fields.method());
        AsciiString authority = authority(fields);
        out.clear();
        if (websocket) {
            out.put("GET");
        } else {
            word(AsciiString.of(fields.method()));
        }
        out.put(' ');
        word(connect && authority != null ? authority : path(fields));
        out.put(VERSION);
        if (authority != null) {
            out.put(HOST_LINE);
            word(authority);
            out.put(CRLF);
        }
        if (websocket) {
            out.put("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ").put(key).put(CRLF);
        }
        lines(fields);
        cookies(fields);
        if (!websocket && !connect) {
            framing(fields, whole);
        }
        out.put(CRLF);
    }

    /// The text of an answer's head.
    /// @param whole whether no body follows
    void answer(Http2Headers fields, boolean whole, boolean bodiless) throws Http2Exception {
        out.clear();
        out.put("HTTP/1.1 ");
        word(AsciiString.of(fields.status()));
        out.put(' ').put(CRLF);
        lines(fields);
        if (!bodiless && !fields.contains(CONTENT_LENGTH)) {
            out.put(whole ? EMPTY : CHUNKED);
        }
        out.put(CRLF);
    }

    /// Trailers, as lines.
    void trailers(Http2Headers fields) throws Http2Exception {
        out.clear();
        lines(fields);
    }

    private AsciiString path(Http2Headers fields) throws Http2Exception {
        AsciiString scheme = AsciiString.of(fields.scheme());
        if (!scheme.contentEqualsIgnoreCase("http") && !scheme.contentEqualsIgnoreCase("https")) {
            throw malformed("a request has a scheme other than http and https");
        }
        AsciiString path = AsciiString.of(fields.path());
        if (path.byteAt(0) != '/' && !path.contentEquals("*")) {
            throw malformed("a request has a path that does not start with /"); // as text it could name another host
        }
        return path;
    }

    /// Whom the request is for; a `Host` that says something else is malformed (RFC 9113 §8.3.1).
    private @Nullable AsciiString authority(Http2Headers fields) throws Http2Exception {
        AsciiString authority = fields.authority() == null ? null : AsciiString.of(fields.authority());
        for (CharSequence host : fields.getAll(HOST)) {
            if (authority == null) {
                authority = AsciiString.of(host);
            } else if (!authority.contentEqualsIgnoreCase(host)) {
                throw malformed("a request names two hosts");
            }
        }
        return authority;
    }

    private void framing(Http2Headers fields, boolean whole) {
        if (fields.contains(CONTENT_LENGTH)) {
            return;
        }
        if (!whole) {
            out.put(CHUNKED);
        } else if ("POST".contentEquals(fields.method()) || "PUT".contentEquals(fields.method())
                || "PATCH".contentEquals(fields.method())) {
            out.put(EMPTY); // servers of HTTP/1.1 may insist on it (RFC 9110 §8.6)
        }
    }

    private void lines(Http2Headers fields) throws Http2Exception {
        for (Map.Entry<CharSequence, CharSequence> field : fields) {
            AsciiString name = AsciiString.of(field.getKey());
            if (name.length() > 0 && name.byteAt(0) == ':' || name.contentEquals(HOST) || name.contentEquals(COOKIE)) {
                continue;
            }
            name(name);
            out.put(COLON);
            value(AsciiString.of(field.getValue()));
            out.put(CRLF);
        }
    }

    /// Several fields are one line to HTTP/1.1 (RFC 9113 §8.2.3).
    private void cookies(Http2Headers fields) throws Http2Exception {
        boolean first = true;
        for (CharSequence crumb : fields.getAll(COOKIE)) {
            out.put(first ? "Cookie: " : "; ");
            value(AsciiString.of(crumb));
            first = false;
        }
        if (!first) {
            out.put(CRLF);
        }
    }

    private void name(AsciiString name) throws Http2Exception {
        for (int i = 0; i < name.length(); i++) {
            byte b = name.byteAt(i);
            if (b <= ' ' || b == ':' || b == 0x7f || b >= 'A' && b <= 'Z') { // bytes above ASCII are negative
                throw malformed("a field name holds a character that is not allowed");
            }
        }
        if (name.isEmpty()) {
            throw malformed("a field has no name");
        }
        put(name, 0, name.length());
    }

    /// One word of a start line, or of a line of its own.
    private void word(AsciiString text) throws Http2Exception {
        for (int i = 0; i < text.length(); i++) {
            byte b = text.byteAt(i);
            if (b >= 0 && b <= ' ' || b == 0x7f) {
                throw malformed("a pseudo-header field holds a space or a control character");
            }
        }
        put(text, 0, text.length());
    }

    /// Without the blanks around it.
    private void value(AsciiString value) throws Http2Exception {
        int from = 0;
        int to = value.length();
        while (from < to && isBlank(value.byteAt(from))) {
            from++;
        }
        while (to > from && isBlank(value.byteAt(to - 1))) {
            to--;
        }
        for (int i = from; i < to; i++) {
            byte b = value.byteAt(i);
            if (b >= 0 && b < ' ' && b != '\t' || b == 0x7f) {
                throw malformed("a field value holds a control character");
            }
        }
        put(value, from, to);
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    private void put(AsciiString text, int from, int to) {
        int offset = text.arrayOffset();
        out.put(text.array(), offset + from, offset + to);
    }

    private Http2Exception malformed(String what) {
        return Http2Exception.streamError(stream, Http2Error.PROTOCOL_ERROR, what);
    }
}
