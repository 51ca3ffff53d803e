package reeve.serve.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import reeve.base.http.RequestHead;

/// What the access log will say of a request's head, copied while the head is there: the array that it was read in is everybody's.
/// One request, one loop.
final class LogNote {
    static final int METHOD = 0;
    static final int TARGET = 1;
    static final int HOST = 2;
    static final int HOST_PORT = 3;
    static final int USER = 4;
    private static final int HEADERS = 5;
    private static final int LONGEST = 2048;
    private static final byte[] AUTHORIZATION = Bytes.ascii("authorization");
    private static final String BASIC = "basic ";

    private final int[] ends;
    private final int minorVersion;
    private byte[] octets = new byte[256];

    /// @param bytes that the head was parsed from
    LogNote(LogPlan plan, RequestHead head, byte[] bytes) {
        ends = new int[HEADERS + plan.headers().size()];
        minorVersion = head.minorVersion();
        add(METHOD, bytes, head.methodFrom(), head.methodTo());
        add(TARGET, bytes, head.targetFrom(), head.targetTo());
        add(HOST, bytes, head.authorityFrom(), head.hostTo());
        add(HOST_PORT, bytes, head.hostTo(), head.authorityTo());
        byte[] user = plan.user() ? user(head, bytes) : new byte[0];
        add(USER, user, 0, user.length);
        int number = HEADERS;
        for (byte[] name : plan.headers()) {
            int line = head.find(name);
            int from = line < 0 ? 0 : head.valueFrom(line);
            add(number++, bytes, from, line < 0 ? 0 : Math.min(head.valueTo(line), from + LONGEST));
        }
    }

    private void add(int number, byte[] bytes, int from, int to) {
        int start = number == 0 ? 0 : ends[number - 1];
        int end = start + to - from;
        if (end > octets.length) {
            octets = Arrays.copyOf(octets, end * 2);
        }
        System.arraycopy(bytes, from, octets, start, to - from);
        ends[number] = end;
    }

    /// The name that the client gives, whether or not anybody believed it.
    private static byte[] user(RequestHead head, byte[] bytes) {
        int line = head.find(AUTHORIZATION);
        String value = line < 0 ? "" : new String(bytes, head.valueFrom(line), head.valueTo(line) - head.valueFrom(line),
                StandardCharsets.ISO_8859_1);
        if (!value.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return new byte[0];
        }
        try {
            byte[] pair = Base64.getDecoder().decode(value.substring(BASIC.length()).strip());
            int colon = 0;
            while (colon < pair.length && pair[colon] != ':') {
                colon++;
            }
            return Arrays.copyOf(pair, Math.min(colon, LONGEST));
        } catch (IllegalArgumentException e) {
            return new byte[0]; // it names nobody
        }
    }

    int minorVersion() {
        return minorVersion;
    }

    byte[] octets() {
        return octets;
    }

    int from(int number) {
        return number == 0 ? 0 : ends[number - 1];
    }

    int to(int number) {
        return ends[number];
    }

    static int header(int number) {
        return HEADERS + number;
    }
}
