package reeve.serve.proxy;

import org.jspecify.annotations.Nullable;
import reeve.base.http.KnownHeader;
import reeve.base.http.RequestHead;
import reeve.model.Balance;
import reeve.serve.route.Backend;
import reeve.serve.route.Balancer;
import reeve.serve.route.RouteEntry;

/// What of a request ties it to an instance: the key that is hashed, and the cookie that Reeve gave its client. Reads the head where
/// it lies; creates nothing.
final class Sticking {
    private static final byte[] END = Bytes.ascii("\r\n");
    private static final byte[] SET_COOKIE = Bytes.ascii("Set-Cookie: ");
    private static final int DIGITS = 16;

    private Sticking() {}

    /// @return 0 where nothing is hashed, or the request does not have it
    static long key(Balance balance, RequestHead head, byte[] bytes, byte[] client) {
        if (!(balance.choice() instanceof Balance.Choice.Hash(Balance.Key key))) {
            return 0;
        }
        return switch (key) {
            case Balance.Key.Client _ -> Balancer.hash(client, 0, client.length);
            case Balance.Key.Header(String name) -> header(name, head, bytes);
            case Balance.Key.Cookie(String name) -> cookie(name, head, bytes);
        };
    }

    private static long header(String name, RequestHead head, byte[] bytes) {
        for (int i = 0; i < head.count(); i++) {
            if (isNamed(head, bytes, i, name)) {
                return Balancer.hash(bytes, head.valueFrom(i), head.valueTo(i));
            }
        }
        return 0;
    }

    private static long cookie(String name, RequestHead head, byte[] bytes) {
        for (int i = 0; i < head.count(); i++) {
            if (isCookie(head, bytes, i)) {
                int from = value(name, bytes, head.valueFrom(i), head.valueTo(i));
                if (from >= 0) {
                    return Balancer.hash(bytes, from, valueEnd(bytes, from, head.valueTo(i)));
                }
            }
        }
        return 0;
    }

    /// The instance that a cookie of the request names. A client may send several of one name, set for different paths.
    /// @return null where none does, or it takes no requests any more
    static @Nullable Backend of(Balancer balancer, RequestHead head, byte[] bytes) {
        String name = balancer.balance().sticky();
        for (int i = 0; i < head.count(); i++) {
            if (isCookie(head, bytes, i)) {
                int to = head.valueTo(i);
                int from = value(name, bytes, head.valueFrom(i), to);
                while (from >= 0) {
                    int end = valueEnd(bytes, from, to);
                    Backend backend = end - from == DIGITS ? balancer.marked(hex(bytes, from)) : null;
                    if (backend != null) {
                        return backend;
                    }
                    from = value(name, bytes, end, to);
                }
            }
        }
        return null;
    }

    private static boolean isCookie(RequestHead head, byte[] bytes, int index) {
        return head.known(index) == KnownHeader.OTHER && isNamed(head, bytes, index, "cookie");
    }

    private static boolean isNamed(RequestHead head, byte[] bytes, int index, String name) {
        int from = head.nameFrom(index);
        if (head.nameTo(index) - from != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (lower(bytes[from + i]) != lower((byte) name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + 32 : b;
    }

    /// @return where the value of the next cookie of that name starts (RFC 6265 §4.2.1); -1 where there is none
    private static int value(String name, byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            while (at < to && (bytes[at] == ' ' || bytes[at] == ';' || bytes[at] == '\t')) {
                at++;
            }
            int i = 0;
            while (i < name.length() && at + i < to && bytes[at + i] == name.charAt(i)) {
                i++;
            }
            if (i == name.length() && at + i < to && bytes[at + i] == '=') {
                return at + i + 1;
            }
            while (at < to && bytes[at] != ';') {
                at++;
            }
        }
        return -1;
    }

    private static int valueEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != ';' && bytes[at] != ' ') {
            at++;
        }
        return at;
    }

    /// @return 0 where it is no number
    private static long hex(byte[] bytes, int from) {
        long value = 0;
        for (int i = from; i < from + DIGITS; i++) {
            int digit = Character.digit(bytes[i], 16);
            if (digit < 0) {
                return 0;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /// Adds a cookie to an answer's head that ends with its empty line. It holds where the route does, is hidden from scripts, and
    /// ends with the browser's session.
    static void set(Bytes head, RouteEntry entry, Backend backend, boolean encrypted) {
        String path = entry.route().spec().path();
        head.back(END.length).put(SET_COOKIE).put(entry.balancer().balance().sticky()).put('=');
        long mark = Balancer.mark(backend);
        for (int shift = 60; shift >= 0; shift -= 4) {
            head.put(Character.forDigit((int) (mark >>> shift) & 15, 16));
        }
        head.put("; Path=").put(path.indexOf(';') < 0 ? path : "/").put("; HttpOnly; SameSite=Lax").put(encrypted ? "; Secure" : "")
                .put(END).put(END);
    }
}
