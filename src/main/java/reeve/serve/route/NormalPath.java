package reeve.serve.route;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The form of a path that routing is decided on: `.` and `..` segments resolved, `//` read as `/`, and percent-encoded
/// characters decoded but for those that would then mean something else (RFC 3986 §6.2.2). What is forwarded is another matter.
/// One thread; used again and again.
final class NormalPath {
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
    /// Decoded, they would end a path, a segment, or be decoded a second time.
    private static final String KEPT = "/\\%?#;";

    private byte[] in = new byte[0];
    private byte[] out = new byte[256];
    private int[] origin = new int[256];
    private int length;
    private boolean ambiguous;
    private boolean dots;

    /// Whether a path is its own normal form, and read alike by everybody.
    static boolean isPlain(byte[] bytes, int from, int to) {
        if (from == to || bytes[from] != '/') {
            return true; // the asterisk form, or none
        }
        byte before = 0;
        for (int at = from; at < to; at++) {
            byte b = bytes[at];
            if (b == '%' || b == ';' || b == '\\' || before == '/' && (b == '/' || b == '.')) {
                return false;
            }
            before = b;
        }
        return true;
    }

    static byte[] of(String path) {
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        if (isPlain(bytes, 0, bytes.length)) {
            return bytes;
        }
        var normal = new NormalPath();
        normal.read(bytes, 0, bytes.length);
        return Arrays.copyOf(normal.out, normal.length);
    }

    /// @param from of a path that starts with `/`
    void read(byte[] bytes, int from, int to) {
        in = bytes;
        length = 0;
        ambiguous = false;
        dots = false;
        if (out.length < 3 * (to - from)) {
            out = new byte[3 * (to - from)];
            origin = new int[out.length];
        }
        boolean merged = false;
        int at = from;
        while (at < to) {
            int slash = at++;
            int segment = length;
            put('/', slash);
            while (at < to && bytes[at] != '/') {
                at = character(at, to);
            }
            boolean last = at == to;
            int size = length - segment - 1;
            if (size == 0 && !last) {
                length = segment;
                merged = true;
            } else if (isDots(segment + 1, size)) {
                dots = true;
                ambiguous |= at - slash - 1 > size || size == 2 && merged; // readers differ on whether these are dots, or on what to drop
                length = segment;
                if (size == 2) {
                    dropSegment();
                }
                if (last) {
                    put('/', slash);
                }
            }
        }
    }

    private boolean isDots(int from, int size) {
        return size == 1 && out[from] == '.' || size == 2 && out[from] == '.' && out[from + 1] == '.';
    }

    private void dropSegment() {
        if (length == 0) {
            ambiguous = true; // beyond the root
            return;
        }
        do {
            length--;
        } while (out[length] != '/');
    }

    /// @return position after it
    private int character(int at, int to) {
        byte b = in[at];
        if (b != '%') {
            ambiguous |= b == ';' || b == '\\';
            put(b, at);
            return at + 1;
        }
        int code = at + 2 < to ? hex(in[at + 1]) << 4 | hex(in[at + 2]) : -1;
        if (code < 0) {
            ambiguous = true;
            put('%', at);
            return at + 1;
        }
        boolean visible = code > ' ' && code < 127;
        ambiguous |= code < ' ' || code == 127 || code == '/' || code == '\\';
        if (visible && KEPT.indexOf(code) < 0) {
            put(code, at);
        } else {
            put('%', at);
            put(HEX[code >> 4], at);
            put(HEX[code & 15], at);
        }
        return at + 3;
    }

    private static int hex(byte b) {
        return Character.digit(b, 16);
    }

    private void put(int b, int from) {
        out[length] = (byte) b;
        origin[length++] = from;
    }

    byte[] bytes() {
        return out;
    }

    int length() {
        return length;
    }

    /// Whether two programs may take it for two different paths.
    boolean ambiguous() {
        return ambiguous;
    }

    /// Whether dot segments were resolved, so that parts of it do not lie in the original as they do here.
    boolean dots() {
        return dots;
    }

    /// Where in the original the character at an index of the normal form begins.
    int origin(int index) {
        return origin[index];
    }
}
