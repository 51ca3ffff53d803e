package reeve.serve.proxy;

import io.netty.buffer.ByteBuf;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import reeve.base.Time;
import reeve.model.AccessFormat;

/// Formats the access lines of one loop into a block, without strings, and hands full blocks to the [AccessLog]. What a client sends can
/// neither end a line nor leave its place in it.
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
    private static final byte[] REQUEST_ID = Bytes.ascii(",\"request_id\":\"");
    private static final byte[] TRACE_ID = Bytes.ascii(",\"trace_id\":\"");
    private static final byte[] HEADERS = Bytes.ascii(",\"headers\":{\"");
    private static final byte[] VALUE = Bytes.ascii("\":\"");
    private static final byte[] NEXT = Bytes.ascii("\",\"");
    private static final byte[] END = Bytes.ascii("}\n");
    private static final byte[] HEX = Bytes.ascii("0123456789abcdef");
    private static final byte[] NONE = {};

    private final AccessLog log;
    private final Time time;
    private final @Nullable LogPlan plan;
    private final Bytes block = new Bytes();
    private final LogTime times = new LogTime();
    private final LogText text = new LogText(block, times);
    private byte[] copy = new byte[1024];
    private int lines;

    AccessLines(AccessLog log, Time time, AccessFormat format) {
        this.log = log;
        this.time = time;
        this.plan = LogPlan.of(format);
    }

    /// What a line says beside what stands in the request's head.
    /// @param peer      that the request was sent to; null where it reached none
    /// @param requestId empty where it has none
    /// @param traceId   the same of its trace
    /// @param port      that the client connected to
    record Facts(byte[] client, int status, long bytes, long nanos, long heldNanos, UpstreamPool.@Nullable Peer peer, byte[] requestId,
            byte[] traceId, String scheme, int port) {}

    /// What has to be kept of each request's head, in a [LogNote]; null where nothing has, because the head is there when it is needed.
    @Nullable LogPlan plan() {
        return plan;
    }

    /// @param head   a request head that was rewritten
    /// @param places of its parts
    void forwarded(ByteBuf head, HeadRewriter.Places places, Facts facts) {
        if (copy.length < places.hostTo()) {
            copy = new byte[places.hostTo() * 2];
        }
        head.getBytes(0, copy, 0, places.hostTo());
        json(copy, 0, places.methodTo() + 1, places, facts, null);
    }

    /// @param head of a request that was answered without rewriting it
    void answered(byte[] head, int from, HeadRewriter.Places places, Facts facts) {
        json(head, from, Math.min(places.methodTo() + 1, places.targetTo()), places, facts, null);
    }

    /// What was no request.
    void refused(Facts facts) {
        noted(null, facts);
    }

    /// @param note null where no request could be read
    void noted(@Nullable LogNote note, Facts facts) {
        if (plan != null && plan.isText()) {
            text.line(plan, note, facts, time.wall());
            added();
        } else if (note == null) {
            json(NONE, 0, 0, new HeadRewriter.Places(0, 0, 0, 0), facts, null);
        } else {
            var places = new HeadRewriter.Places(note.to(LogNote.METHOD), note.to(LogNote.TARGET), note.from(LogNote.HOST),
                    note.to(LogNote.HOST_PORT));
            json(note.octets(), 0, note.from(LogNote.TARGET), places, facts, note);
        }
    }

    private void json(byte[] head, int methodFrom, int targetFrom, HeadRewriter.Places places, Facts facts, @Nullable LogNote note) {
        block.put(TIME);
        Instant now = time.wall();
        times.stamp(block, now);
        block.put(CLIENT).put(facts.client);
        block.put(METHOD).put(head, methodFrom, places.methodTo());
        block.put(HOST).put(head, places.hostFrom(), places.hostTo());
        block.put(TARGET);
        escaped(head, targetFrom, places.targetTo());
        block.put(STATUS).number(facts.status);
        block.put(BYTES).number(facts.bytes);
        LogTime.millis(block.put(MILLIS), facts.nanos);
        if (facts.heldNanos > 0) {
            LogTime.millis(block.put(HELD), facts.heldNanos);
        }
        if (facts.peer != null) {
            block.put(facts.peer.logMembers);
        }
        if (facts.requestId.length > 0) {
            block.put(REQUEST_ID);
            escaped(facts.requestId, 0, facts.requestId.length);
            block.put('"');
        }
        if (facts.traceId.length > 0) {
            block.put(TRACE_ID).put(facts.traceId).put('"');
        }
        if (plan != null && note != null) {
            headers(plan, note);
        }
        block.put(END);
        added();
    }

    /// Only those that there were.
    private void headers(LogPlan of, LogNote note) {
        byte[] before = HEADERS;
        for (int i = 0; i < of.headers().size(); i++) {
            int number = LogNote.header(i);
            if (note.from(number) < note.to(number)) {
                block.put(before).put(of.headers().get(i)).put(VALUE);
                escaped(note.octets(), note.from(number), note.to(number));
                before = NEXT;
            }
        }
        if (before == NEXT) {
            block.put('"').put('}');
        }
    }

    private void escaped(byte[] from, int start, int end) {
        int run = start;
        for (int i = start; i < end; i++) {
            byte octet = from[i];
            if (octet == '"' || octet == '\\') {
                block.put(from, run, i).put('\\');
                run = i;
            } else if (octet < ' ' || octet == 127) { // what is not ASCII is negative
                block.put(from, run, i).put('\\').put('u').put('0').put('0').put((char) HEX[octet >> 4 & 15]).put((char) HEX[octet & 15]);
                run = i + 1;
            }
        }
        block.put(from, run, end);
    }

    private void added() {
        lines++;
        if (block.length() > FULL) {
            flush();
        }
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
