package reeve.serve.proxy;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Makes fields of HTTP/2 of heads of HTTP/1.1 that this proxy has written, so their form is known. Pure.
final class FieldsWriter {
    private static final int STATUS_FROM = 9; // after `HTTP/1.1 `
    private static final int STATUS_TO = 12;
    /// What belongs to one connection of HTTP/1.1 (RFC 9113 §8.2.2), and the answer to a handshake that HTTP/2 does without.
    private static final Set<AsciiString> LEFT_OUT = Set.of(AsciiString.of("connection"), AsciiString.of("keep-alive"),
            AsciiString.of("proxy-connection"), AsciiString.of("transfer-encoding"), AsciiString.of("upgrade"),
            AsciiString.of("sec-websocket-accept"));
    private static final AsciiString TUNNEL = AsciiString.cached("200");
    private static final AsciiString NO_TUNNEL = AsciiString.cached("502");

    private FieldsWriter() {}

    static int status(Bytes head) {
        byte[] bytes = head.array();
        return (bytes[STATUS_FROM] - '0') * 100 + (bytes[STATUS_FROM + 1] - '0') * 10 + bytes[STATUS_FROM + 2] - '0';
    }

    static Http2Headers answer(Bytes head) {
        return answer(head, new AsciiString(head.array(), STATUS_FROM, STATUS_TO - STATUS_FROM, true));
    }

    /// The answer to who asked for a tunnel: 101 is 200 here, and any other success would look like it (RFC 8441 §5).
    static Http2Headers tunnelAnswer(Bytes head) {
        int status = status(head);
        if (status == 101) {
            return answer(head, TUNNEL);
        }
        return status / 100 == 2 ? answer(head, NO_TUNNEL) : answer(head);
    }

    private static Http2Headers answer(Bytes head, AsciiString status) {
        return ReadOnlyHttp2Headers.serverHeaders(false, status, fields(head.array(), afterLine(head.array(), 0), head.length()));
    }

    /// @param lines each with its CR LF
    static Http2Headers trailers(Bytes lines) {
        return ReadOnlyHttp2Headers.trailers(false, fields(lines.array(), 0, lines.length()));
    }

    private static int afterLine(byte[] bytes, int from) {
        int at = from;
        while (bytes[at] != '\n') {
            at++;
        }
        return at + 1;
    }

    /// Names and values in turn, up to the empty line. Copies, because the tables of the header compression keep them.
    private static AsciiString[] fields(byte[] bytes, int from, int to) {
        List<AsciiString> fields = new ArrayList<>(32);
        int at = from;
        while (at < to && bytes[at] != '\r') {
            int end = afterLine(bytes, at) - 2;
            int colon = at;
            while (bytes[colon] != ':') {
                colon++;
            }
            AsciiString name = name(bytes, at, colon);
            if (!LEFT_OUT.contains(name)) {
                fields.add(name);
                fields.add(value(bytes, colon + 1, end));
            }
            at = end + 2;
        }
        return fields.toArray(AsciiString[]::new);
    }

    private static AsciiString name(byte[] bytes, int from, int to) {
        byte[] name = Arrays.copyOfRange(bytes, from, to);
        for (int i = 0; i < name.length; i++) {
            if (name[i] >= 'A' && name[i] <= 'Z') {
                name[i] |= 0x20;
            }
        }
        return new AsciiString(name, false);
    }

    private static AsciiString value(byte[] bytes, int from, int to) {
        int start = from;
        int end = to;
        while (start < end && (bytes[start] == ' ' || bytes[start] == '\t')) {
            start++;
        }
        while (end > start && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t')) {
            end--;
        }
        return new AsciiString(bytes, start, end - start, true);
    }
}
