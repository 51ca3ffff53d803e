package reeve.serve.proxy;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reeve.base.http.HeadResult;
import reeve.base.http.RequestHead;
import reeve.base.http.ResponseHead;
import reeve.model.Access;
import reeve.serve.route.RouteEntry;

/// A request that waits for what somebody else says of it: an exchange of its own, whose client is this. It asks as Traefik and Caddy do:
/// a GET with the header of the request, and `X-Forwarded-Method`, `-Proto`, `-Host`, `-Uri` and `-For`. One loop.
final class AuthQuestion implements Wait, ClientStream {
    private static final int LARGEST_ANSWER = 64 * 1024;
    /// What belongs to the request's own body, or would make an answer without one.
    private static final Set<String> NOT_ASKED = Set.of("host", "content-length", "transfer-encoding", "expect", "upgrade", "trailer", "te",
            "range", "if-range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "max-forwards", "http2-settings",
            "connection", "keep-alive", "proxy-connection");
    private static final Set<String> NOT_RELAYED = Set.of("content-length", "transfer-encoding", "connection", "keep-alive", "date",
            "trailer");

    private final Loop loop;
    private final Exchange exchange;
    private final Access.Forward rules;
    private final @Nullable RouteEntry by;
    private final long since;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final HeadEdit granted = new HeadEdit();
    private @Nullable Exchange inner;
    private @Nullable Answer denied;
    private @Nullable ResponseHead head;
    private boolean passes;
    private boolean over;

    /// @param by the way of the question; null where a route of the table is
    AuthQuestion(Loop loop, Exchange exchange, Access.Forward rules, @Nullable RouteEntry by) {
        this.loop = loop;
        this.exchange = exchange;
        this.rules = rules;
        this.by = by;
        this.since = loop.now();
        rules.copied().forEach(granted::remove);
    }

    Access.Forward rules() {
        return rules;
    }

    /// Null where the request may pass.
    @Nullable Answer denied() {
        return denied;
    }

    /// What the request gets on its way to the backend.
    HeadEdit granted() {
        return granted;
    }

    @Override
    public void begin() {
        later(this::ask); // the loop's arrays still hold the request
    }

    private void later(Runnable task) {
        try {
            loop.executor().execute(task);
        } catch (RejectedExecutionException e) {
            over = true; // the proxy has just closed
        }
    }

    private void ask() {
        Waits waits = exchange.waits();
        if (over || waits == null) {
            return;
        }
        RequestHead asked = loop.requestHead();
        asked.parse(waits.head(), 0, waits.head().length);
        var edit = new HeadEdit();
        byte[] text = question(asked, edit);
        if (text.length > loop.scratch().length) {
            fail(Answer.noAuthority("the question would be too long"));
            return;
        }
        System.arraycopy(text, 0, loop.scratch(), 0, text.length);
        RequestHead question = loop.requestHead();
        if (question.parse(loop.scratch(), 0, text.length) != HeadResult.Progress.COMPLETE) {
            fail(Answer.noAuthority("the question would not be valid"));
            return;
        }
        var next = new Exchange(loop, this, question);
        inner = next;
        next.ask(question, by, edit);
        next.flushUpstream();
    }

    /// As if by HTTP/1.0, so that the answer comes without chunks; what the backend gets is HTTP/1.1 as always.
    private byte[] question(RequestHead asked, HeadEdit edit) {
        var text = new Bytes();
        text.put("GET ").put(rules.target()).put(" HTTP/1.0\r\nHost: ").put(rules.host()).put("\r\n");
        boolean hostTold = false;
        for (int i = 0; i < asked.count(); i++) {
            String name = asked.name(i).toLowerCase(Locale.ROOT);
            if (!NOT_ASKED.contains(name) && !asked.listedInConnection(i)) {
                text.put(asked.name(i)).put(": ").put(asked.value(i)).put("\r\n");
                hostTold |= name.equals("x-forwarded-host");
            }
        }
        text.put("\r\n");
        edit.set("X-Forwarded-Method", asked.methodText());
        edit.set("X-Forwarded-Uri", asked.path() + (asked.query().isEmpty() ? "" : "?" + asked.query()));
        if (!hostTold || !origin().forwarded().trusted()) { // a trusted proxy knows better
            edit.set("X-Forwarded-Host", asked.host());
        }
        byte[] whole = new byte[text.length()];
        System.arraycopy(text.array(), 0, whole, 0, whole.length);
        return whole;
    }

    private void fail(Answer answer) {
        denied = answer;
        finish();
    }

    private void finish() {
        if (!over) {
            over = true;
            later(() -> exchange.resume(this, null, 0));
        }
    }

    @Override
    public void leave() {
        over = true;
        if (inner != null) {
            inner.clientGone();
        }
    }

    @Override
    public @Nullable Answer tick(long now) {
        if (now - since > rules.timeout().toNanos()) {
            leave();
            return Answer.authorityTooSlow(rules.timeout());
        }
        if (inner != null) {
            inner.tick(now);
        }
        return null;
    }

    @Override
    public boolean isOwn() {
        return true;
    }

    @Override
    public Origin origin() {
        return exchange.client().origin();
    }

    @Override
    public boolean takesChunks() {
        return false;
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public boolean inRead() {
        return false;
    }

    @Override
    public void writeHead(Bytes interim) {
        // nobody waits for one
    }

    @Override
    public void writeHead(Bytes written, ByteBuf part, boolean last) {
        var read = new ResponseHead(loop.settings().head());
        byte[] own = new byte[written.length()];
        System.arraycopy(written.array(), 0, own, 0, own.length);
        if (read.parse(own, 0, own.length) != HeadResult.Progress.COMPLETE) {
            fail(Answer.noAuthority("its answer cannot be read"));
            return;
        }
        head = read;
        passes = read.status() >= 200 && read.status() < 300;
        take(part);
        if (passes && !last) { // what else it says is of no interest
            conclude();
            later(this::leave);
        }
    }

    private void take(ByteBuf part) {
        if (body.size() + part.readableBytes() <= LARGEST_ANSWER) {
            byte[] bytes = new byte[part.readableBytes()];
            part.getBytes(part.readerIndex(), bytes);
            body.writeBytes(bytes);
        } else if (!passes && !over) {
            fail(Answer.noAuthority("its answer is longer than 64 KiB"));
            later(this::leave);
        }
    }

    @Override
    public void write(ByteBuf part, boolean last) {
        take(part);
        part.release();
    }

    @Override
    public void writeTrailers(Bytes lines) {
        // nobody asked for them
    }

    @Override
    public void writeTunnel(ByteBuf part) {
        part.release();
    }

    @Override
    public void flush() {
        // nothing waits here
    }

    @Override
    public void answer(Answer answer, Answers.Form form) {
        denied = answer.status() >= 500 ? answer : Answer.noAuthority(answer.text());
    }

    @Override
    public void proceed() {
        // the question is whole
    }

    @Override
    public void becomeTunnel() {
        // nobody asked for one
    }

    @Override
    public void exchangeEnded(boolean keep) {
        conclude();
    }

    @Override
    public void cut(boolean reset) {
        denied = Answer.noAuthority("it broke off its answer");
        finish();
    }

    private void conclude() {
        ResponseHead answer = head;
        if (over) {
            return;
        }
        if (answer != null && passes) {
            grant(answer);
        } else if (answer != null) {
            denied = relayed(answer);
        } else if (denied == null) {
            denied = Answer.noAuthority("it did not answer");
        }
        finish();
    }

    private void grant(ResponseHead answer) {
        for (int i = 0; i < answer.count(); i++) {
            if (rules.copied().contains(answer.name(i).toLowerCase(Locale.ROOT))) {
                granted.add(answer.name(i), answer.value(i));
            }
        }
    }

    private Answer relayed(ResponseHead answer) {
        var lines = new StringBuilder();
        for (int i = 0; i < answer.count(); i++) {
            if (!NOT_RELAYED.contains(answer.name(i).toLowerCase(Locale.ROOT))) {
                lines.append(answer.name(i)).append(": ").append(answer.value(i)).append("\r\n");
            }
        }
        return Answer.relayed(answer.status(), lines.toString(), body.toByteArray());
    }
}
