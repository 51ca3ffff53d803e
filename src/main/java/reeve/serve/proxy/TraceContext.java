package reeve.serve.proxy;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reeve.base.Jitter;
import reeve.base.http.RequestHead;

/// Which trace a request belongs to, and which span of it the proxy is (W3C Trace Context). One request, one loop.
final class TraceContext {
    private static final byte[] NAME = Bytes.ascii("traceparent");
    private static final int LENGTH = 55;

    private final byte[] traceId;
    private final byte[] id;
    private final byte @Nullable [] parent;
    private final boolean sampled;

    private TraceContext(byte[] traceId, byte[] id, byte @Nullable [] parent, boolean sampled) {
        this.traceId = traceId;
        this.id = id;
        this.parent = parent;
        this.sampled = sampled;
    }

    /// The client's trace, where it says one and is believed; else a new one.
    static TraceContext of(RequestHead head, byte[] bytes, boolean believed, double share, Jitter jitter) {
        byte[] drawn = RequestIds.next(jitter);
        byte[] id = Arrays.copyOf(drawn, 16);
        id[0] = id[0] == '0' ? (byte) '1' : id[0]; // all zeros would be no id
        int line = believed ? head.find(NAME) : -1;
        int at = line < 0 ? 0 : head.valueFrom(line);
        if (line < 0 || !isValid(bytes, at, head.valueTo(line)) || isRepeated(head, line)) {
            byte[] trace = RequestIds.next(jitter);
            trace[0] = trace[0] == '0' ? (byte) '1' : trace[0];
            return new TraceContext(trace, id, null, jitter.next() < share);
        }
        boolean sampled = (hex(bytes[at + 54]) & 1) == 1;
        return new TraceContext(Arrays.copyOfRange(bytes, at + 3, at + 35), id, Arrays.copyOfRange(bytes, at + 36, at + 52), sampled);
    }

    private static boolean isRepeated(RequestHead head, int line) {
        for (int i = line + 1; i < head.count(); i++) {
            if (head.nameTo(i) - head.nameFrom(i) == NAME.length && head.name(i).equalsIgnoreCase("traceparent")) {
                return true;
            }
        }
        return false;
    }

    /// `00-TRACE-SPAN-FLAGS`; later versions may say more behind it (§3.2).
    private static boolean isValid(byte[] bytes, int from, int to) {
        if (to - from < LENGTH || to - from > LENGTH && (bytes[from] == '0' && bytes[from + 1] == '0' || bytes[from + LENGTH] != '-')) {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            boolean dash = i == 2 || i == 35 || i == 52;
            if (dash ? bytes[from + i] != '-' : hex(bytes[from + i]) < 0) {
                return false;
            }
        }
        boolean version = bytes[from] != 'f' || bytes[from + 1] != 'f';
        return version && !isZero(bytes, from + 3, from + 35) && !isZero(bytes, from + 36, from + 52);
    }

    private static boolean isZero(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != '0') {
                return false;
            }
        }
        return true;
    }

    /// @return -1 where it is no hexadecimal digit in lower case
    private static int hex(byte octet) {
        return octet >= '0' && octet <= '9' ? octet - '0' : octet >= 'a' && octet <= 'f' ? octet - 'a' + 10 : -1;
    }

    /// What the backend is told.
    byte[] traceparent() {
        byte[] value = new byte[LENGTH];
        Arrays.fill(value, (byte) '-');
        value[0] = '0';
        value[1] = '0';
        System.arraycopy(traceId, 0, value, 3, 32);
        System.arraycopy(id, 0, value, 36, 16);
        value[53] = '0';
        value[54] = (byte) (sampled ? '1' : '0');
        return value;
    }

    /// Whether it begins here: what the client said of another trace means nothing then.
    boolean begins() {
        return parent == null;
    }

    boolean sampled() {
        return sampled;
    }

    byte[] traceId() {
        return traceId;
    }

    byte[] id() {
        return id;
    }

    Optional<String> parent() {
        return Optional.ofNullable(parent).map(Bytes::latin);
    }
}
