package reeve.base.http;

import java.util.Arrays;
import java.util.Locale;

/// Header fields that a forwarder treats in a way of its own, recognised once while a head is parsed.
public enum KnownHeader {
    HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, KEEP_ALIVE, PROXY_CONNECTION, TE, TRAILER, UPGRADE, EXPECT, ACCEPT, DATE,
    HTTP2_SETTINGS, PROXY, FORWARDED, X_REAL_IP, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_ACCEPT, VIA, MAX_FORWARDS,
    /// What a proxy says about a client's certificate: RFC 9440, and in plain text.
    CLIENT_CERT, CLIENT_CERT_CHAIN, X_CLIENT_CERTIFICATE_SUBJECT,
    /// Every name that starts with `X-Forwarded-`.
    X_FORWARDED,
    /// A name that becomes one of the above when `_` is read as `-`, as CGI and its heirs do; always an attack or a mistake.
    UNDERSCORE_TWIN,
    /// Any other name with `_`, which a backend may take for one with `-`.
    UNDERSCORED,
    /// Any other name.
    OTHER;

    private static final byte[] FORWARDED_PREFIX = Octets.ascii("x-forwarded-");
    private static final KnownHeader[][] BY_LENGTH = byLength();

    private final byte[] text = Octets.ascii(name().toLowerCase(Locale.ROOT).replace('_', '-'));

    private static KnownHeader[][] byLength() {
        var byLength = new KnownHeader[32][];
        for (int length = 0; length < byLength.length; length++) {
            int wanted = length;
            byLength[length] = Arrays.stream(values())
                    .filter(h -> h.compareTo(X_FORWARDED) < 0 && h.text.length == wanted)
                    .toArray(KnownHeader[]::new);
        }
        return byLength;
    }

    static KnownHeader of(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length >= BY_LENGTH.length) {
            return isForwarded(bytes, from, to) ? spelling(bytes, from, to, X_FORWARDED) : OTHER;
        }
        byte first = Octets.lower(bytes[from]);
        for (KnownHeader candidate : BY_LENGTH[length]) {
            if (candidate.text[0] == first && startsWith(bytes, from, candidate.text)) {
                return spelling(bytes, from, to, candidate);
            }
        }
        return first == 'x' && isForwarded(bytes, from, to) ? spelling(bytes, from, to, X_FORWARDED) : OTHER;
    }

    private static boolean isForwarded(byte[] bytes, int from, int to) {
        return to - from > FORWARDED_PREFIX.length && startsWith(bytes, from, FORWARDED_PREFIX);
    }

    private static boolean startsWith(byte[] bytes, int from, byte[] text) {
        for (int i = 0; i < text.length; i++) {
            byte b = bytes[from + i];
            if ((b == '_' ? '-' : Octets.lower(b)) != text[i]) {
                return false;
            }
        }
        return true;
    }

    private static KnownHeader spelling(byte[] bytes, int from, int to, KnownHeader known) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == '_') {
                return UNDERSCORE_TWIN;
            }
        }
        return known;
    }
}
