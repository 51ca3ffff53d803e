package reeve.serve.proxy;

import java.util.Arrays;
import reeve.base.Jitter;
import reeve.base.http.RequestHead;

/// Gives each request an id: the client's, where that is believed and looks like one, else 32 hexadecimal digits drawn by lot. Ids tell
/// requests apart; they are no secrets. One loop.
final class RequestIds {
    private static final int LONGEST = 128;
    private static final byte[] HEX = Bytes.ascii("0123456789abcdef");

    private final Jitter jitter;
    private final byte[] header;
    private final ProxyNotes.Believed believed;

    /// @param header in lower case
    RequestIds(Jitter jitter, String header, ProxyNotes.Believed believed) {
        this.jitter = jitter;
        this.header = Bytes.ascii(header);
        this.believed = believed;
    }

    /// @param trusted whether the request comes from a trusted proxy
    byte[] of(RequestHead head, byte[] bytes, boolean trusted) {
        int line = believed.believes(trusted) ? head.find(header) : -1;
        if (line >= 0 && isId(bytes, head.valueFrom(line), head.valueTo(line))) {
            return Arrays.copyOfRange(bytes, head.valueFrom(line), head.valueTo(line));
        }
        return next(jitter);
    }

    static byte[] next(Jitter jitter) {
        byte[] id = new byte[32];
        for (int i = 0; i < id.length; i += 8) {
            long bits = (long) (jitter.next() * 0x1p32);
            for (int digit = 0; digit < 8; digit++) {
                id[i + digit] = HEX[(int) (bits >> 4 * digit) & 15];
            }
        }
        return id;
    }

    /// What cannot harm whoever reads it: no quotes, no spaces, no end of a line.
    private static boolean isId(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            byte octet = bytes[i];
            boolean plain = octet >= '0' && octet <= '9' || octet >= 'a' && octet <= 'z' || octet >= 'A' && octet <= 'Z'
                    || octet == '-' || octet == '_' || octet == '.' || octet == ':' || octet == '/' || octet == '+' || octet == '='
                    || octet == '@';
            if (!plain) {
                return false;
            }
        }
        return to > from && to - from <= LONGEST;
    }
}
