package reeve.serve.proxy;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reeve.model.AccessFormat.Variable;
import reeve.serve.route.Backend;

/// Writes lines of text as [LogPlan]s say. What clients send can neither end a line nor a quoted part of it: quotes, backslashes, control
/// characters and what is not ASCII become `\xXX`, as nginx writes them. One loop.
final class LogText {
    private static final byte[] HEX = Bytes.ascii("0123456789ABCDEF");

    private final Bytes to;
    private final LogTime times;

    LogText(Bytes to, LogTime times) {
        this.to = to;
        this.times = times;
    }

    /// @param note null where no request could be read
    void line(LogPlan plan, @Nullable LogNote note, AccessLines.Facts facts, Instant now) {
        for (LogPlan.Piece piece : plan.pieces()) {
            if (piece.plain() != null) {
                to.put(piece.plain());
            } else if (piece.variable() != null) {
                variable(piece.variable(), note, facts, now);
            } else {
                noted(note, LogNote.header(piece.header()));
            }
        }
        to.put('\n');
    }

    private void variable(Variable variable, @Nullable LogNote note, AccessLines.Facts facts, Instant now) {
        Backend backend = facts.peer() == null ? null : facts.peer().backend;
        switch (variable) {
            case REMOTE_ADDR -> to.put(facts.client());
            case REMOTE_USER -> noted(note, LogNote.USER);
            case TIME_LOCAL -> times.common(to, now);
            case TIME_ISO8601 -> times.iso(to, now);
            case MSEC -> LogTime.seconds(to, now);
            case REQUEST -> request(note);
            case REQUEST_METHOD -> noted(note, LogNote.METHOD);
            case REQUEST_URI -> noted(note, LogNote.TARGET);
            case SERVER_PROTOCOL -> protocol(note);
            case SCHEME -> to.put(facts.scheme());
            case HOST -> host(note);
            case SERVER_PORT -> to.number(facts.port());
            case STATUS -> to.number(facts.status());
            case BODY_BYTES_SENT -> to.number(facts.bytes());
            case REQUEST_TIME -> LogTime.seconds(to, facts.nanos());
            case HELD_TIME -> LogTime.seconds(to, facts.heldNanos());
            case UPSTREAM_ADDR -> known(facts.peer() == null ? null : facts.peer().host);
            case REQUEST_ID -> known(facts.requestId());
            case TRACE_ID -> known(facts.traceId());
            case SERVICE -> text(backend == null ? null : backend.instance().map(instance -> instance.service().toString()).orElse(null));
            case INSTANCE -> text(backend == null ? null : backend.instance().map(i -> String.valueOf(i.number())).orElse(null));
        }
    }

    private void host(@Nullable LogNote note) {
        int from = to.length();
        noted(note, LogNote.HOST);
        to.lower(from);
    }

    private void request(@Nullable LogNote note) {
        if (note == null) {
            to.put('-');
            return;
        }
        noted(note, LogNote.METHOD);
        to.put(' ');
        noted(note, LogNote.TARGET);
        to.put(' ');
        protocol(note);
    }

    private void protocol(@Nullable LogNote note) {
        if (note == null) {
            to.put('-');
        } else {
            to.put(note.minorVersion() == 0 ? "HTTP/1.0" : "HTTP/1.1");
        }
    }

    private void text(@Nullable String text) {
        to.put(Objects.requireNonNullElse(text, "-"));
    }

    private void known(byte @Nullable [] octets) {
        if (octets == null || octets.length == 0) {
            to.put('-');
        } else {
            escaped(octets, 0, octets.length);
        }
    }

    private void noted(@Nullable LogNote note, int number) {
        if (note == null || note.from(number) == note.to(number)) {
            to.put('-');
        } else {
            escaped(note.octets(), note.from(number), note.to(number));
        }
    }

    private void escaped(byte[] from, int start, int end) {
        int run = start;
        for (int i = start; i < end; i++) {
            byte octet = from[i];
            if (octet < ' ' || octet == '"' || octet == '\\' || octet == 127) {
                to.put(from, run, i).put('\\').put('x').put((char) HEX[octet >> 4 & 15]).put((char) HEX[octet & 15]);
                run = i + 1;
            }
        }
        to.put(from, run, end);
    }
}
