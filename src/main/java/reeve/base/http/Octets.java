package reeve.base.http;

import java.nio.charset.StandardCharsets;

/// Character classes of RFC 9110 §5.6 and comparisons on raw bytes.
final class Octets {
    private static final byte TOKEN = 1;
    private static final byte TEXT = 2;
    private static final byte TARGET = 4;
    private static final byte NAME = 8;
    private static final byte PLAIN = 16;
    private static final byte[] CLASSES = classes();

    private Octets() {}

    private static byte[] classes() {
        var classes = new byte[256];
        for (int c = 0; c < 256; c++) {
            boolean letterOrDigit = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (letterOrDigit || c > ' ' && "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
                classes[c] |= c == '_' ? TOKEN : TOKEN | PLAIN;
            }
            if (c == '\t' || c >= ' ' && c != 127) {
                classes[c] |= TEXT;
            }
            if (c > ' ' && c < 127 && c != '#') {
                classes[c] |= TARGET;
            }
            if (letterOrDigit || c == '-' || c == '.' || c == '_') {
                classes[c] |= NAME;
            }
        }
        return classes;
    }

    static boolean isToken(byte b) {
        return (CLASSES[b & 0xff] & TOKEN) != 0;
    }

    /// May stand in a token, and is no `_`.
    static boolean isPlain(byte b) {
        return (CLASSES[b & 0xff] & PLAIN) != 0;
    }

    /// May stand in a field value: tab, space, visible, and bytes from 0x80 on (obs-text).
    static boolean isText(byte b) {
        return (CLASSES[b & 0xff] & TEXT) != 0;
    }

    /// May stand in a request target: visible ASCII but `#`.
    static boolean isTarget(byte b) {
        return (CLASSES[b & 0xff] & TARGET) != 0;
    }

    /// May stand in a host name.
    static boolean isName(byte b) {
        return (CLASSES[b & 0xff] & NAME) != 0;
    }

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /// @return 0 to 15, or -1 where it is no hexadecimal digit
    static int hex(byte b) {
        return isDigit(b) ? b - '0' : b >= 'a' && b <= 'f' ? b - 'a' + 10 : b >= 'A' && b <= 'F' ? b - 'A' + 10 : -1;
    }

    static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
    }

    /// @param lower the expected text, in lower case
    static boolean equalsIgnoringCase(byte[] bytes, int from, int to, byte[] lower) {
        if (to - from != lower.length) {
            return false;
        }
        for (int i = 0; i < lower.length; i++) {
            if (lower(bytes[from + i]) != lower[i]) {
                return false;
            }
        }
        return true;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static String string(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
