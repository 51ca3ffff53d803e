package reeve.serve.proxy;

import io.netty.buffer.ByteBuf;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import reeve.base.Time;

/// Formats the access lines of one loop into a block, without strings, and hands full blocks to the [AccessLog].
final class AccessLines {
    private static final int FULL = 16 * 1024;
    private static final byte[] TIME = Bytes.ascii("{\"time\":\"");
    private static final byte[] CLIENT = Bytes.ascii("\",\"client\":\"");
    private static final byte[] METHOD = Bytes.ascii("\",\"method\":\"");
    private static final byte[] HOST = Bytes.ascii("\",\"host\":\"");
    private static final byte[] TARGET = Bytes.ascii("\",\"target\":\"");
    private static final byte[] STATUS = Bytes.ascii("\",\"status\":");
    private static final byte[] BYTES = Bytes.ascii(",\"bytes\":");
    private static final byte[] MILLIS = Bytes.ascii(",\"ms\":");
    private static final byte[] HELD = Bytes.ascii(",\"held_ms\":");
    private static final byte[] END = Bytes.ascii("}\n");

    private final AccessLog log;
    private final Time time;
    private final Bytes block = new Bytes();
    private byte[] copy = new byte[1024];
    private int lines;
    private long second = Long.MIN_VALUE;
    private byte[] secondText = new byte[0];

    AccessLines(AccessLog log, Time time) {
        this.log = log;
        this.time = time;
    }

    /// What a line says beside its request line.
    /// @param backend  the rest of the line's members, prepared; empty where the request reached none
    record Facts(byte[] client, int status, long bytes, long nanos, long heldNanos, byte[] backend) {}

    /// @param head   a request head that was rewritten
    /// @param places of its parts
    void forwarded(ByteBuf head, HeadRewriter.Places places, Facts facts) {
        if (copy.length < places.hostTo()) {
            copy = new byte[places.hostTo() * 2];
        }
        head.getBytes(0, copy, 0, places.hostTo());
        line(copy, 0, places, facts);
    }

    /// @param head of a request that was answered without rewriting it; null where none could be read
    void answered(byte @Nullable [] head, int from, HeadRewriter.Places places, Facts facts) {
        line(head == null ? new byte[0] : head, from, places, facts);
    }

    private void line(byte[] head, int methodFrom, HeadRewriter.Places places, Facts facts) {
        block.put(TIME);
        stamp(time.wall());
        block.put(CLIENT).put(facts.client);
        block.put(METHOD).put(head, methodFrom, places.methodTo());
        block.put(HOST).put(head, places.hostFrom(), places.hostTo());
        block.put(TARGET);
        escaped(head, Math.min(places.methodTo() + 1, places.targetTo()), places.targetTo());
        block.put(STATUS).number(facts.status);
        block.put(BYTES).number(facts.bytes);
        millis(MILLIS, facts.nanos);
        if (facts.heldNanos > 0) {
            millis(HELD, facts.heldNanos);
        }
        block.put(facts.backend).put(END);
        lines++;
        if (block.length() > FULL) {
            flush();
        }
    }

    /// The target is visible ASCII: only two of its characters mean something in JSON.
    private void escaped(byte[] from, int start, int end) {
        int run = start;
        for (int i = start; i < end; i++) {
            if (from[i] == '"' || from[i] == '\\') {
                block.put(from, run, i).put('\\');
                run = i;
            }
        }
        block.put(from, run, end);
    }

    private void stamp(Instant now) {
        if (now.getEpochSecond() != second) {
            second = now.getEpochSecond();
            String text = Instant.ofEpochSecond(second).toString();
            secondText = Bytes.ascii(text.substring(0, text.length() - 1));
        }
        block.put(secondText);
        fraction(now.getNano() / 1_000_000);
        block.put('Z');
    }

    private void millis(byte[] name, long nanos) {
        long micros = Math.max(0, nanos / 1000);
        block.put(name).number(micros / 1000);
        fraction((int) (micros % 1000));
    }

    private void fraction(int thousandths) {
        block.put('.').put((char) ('0' + thousandths / 100)).put((char) ('0' + thousandths / 10 % 10)).put((char) ('0' + thousandths % 10));
    }

    /// Hands over what there is; called on each tick.
    void flush() {
        if (lines > 0) {
            log.offer(block, lines);
            block.clear();
            lines = 0;
        }
    }
}
