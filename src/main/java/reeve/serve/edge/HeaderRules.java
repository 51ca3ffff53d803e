package reeve.serve.edge;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reeve.model.HeaderChanges;
import reeve.model.HeaderText;
import reeve.model.HeaderText.Fact;
import reeve.model.HeaderText.Part;

/// How the header lines of a head are changed, made ready for many heads. Immutable.
public final class HeaderRules {
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] HOST = ascii("host");

    private final List<byte[]> dropped;
    private final List<Line> lines;
    private final @Nullable Line host;
    private final Set<Fact> facts = EnumSet.noneOf(Fact.class);

    /// Either is null.
    private record Piece(byte @Nullable [] plain, @Nullable Fact fact) {}

    private record Line(byte[] name, List<Piece> value) {}

    private HeaderRules(HeaderChanges changes) {
        this.dropped = Stream.concat(changes.remove().stream(), changes.set().stream().map(HeaderChanges.Line::name))
                .map(name -> ascii(name.toLowerCase(Locale.ROOT))).toList();
        Line found = null;
        var others = new ArrayList<Line>();
        for (HeaderChanges.Line each : changes.lines().toList()) {
            var line = new Line(ascii(each.name() + ": "), pieces(each.value()));
            if (each.name().equalsIgnoreCase("host")) {
                found = line;
            } else {
                others.add(line);
            }
        }
        this.host = found;
        this.lines = List.copyOf(others);
    }

    /// @return null for no changes
    public static @Nullable HeaderRules of(HeaderChanges changes) {
        return changes.isNone() ? null : new HeaderRules(changes);
    }

    private List<Piece> pieces(HeaderText text) {
        var pieces = new ArrayList<Piece>();
        for (Part part : text.parts()) {
            pieces.add(switch (part) {
                case Part.Plain(String plain) -> new Piece(ascii(plain), null);
                case Part.Known(Fact fact) -> {
                    facts.add(fact);
                    yield new Piece(null, fact);
                }
            });
        }
        return pieces;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// Whether a value needs to be filled in with it.
    public boolean needs(Fact fact) {
        return facts.contains(fact);
    }

    /// Whether the host that the backend is asked for is changed.
    public boolean setsHost() {
        return host != null;
    }

    /// Copies a head with its lines changed.
    /// @param from a whole head: start line, header lines, each with CR LF, and an empty line; more may follow, which is copied, too
    /// @param length of all that
    public void rewrite(byte[] from, int length, Facts known, Sink to) {
        int at = lineEnd(from, 0);
        to.put(from, 0, at);
        Line ours = host == null || isEmpty(host, known) ? null : host;
        if (ours != null) {
            write(ours, known, to);
        }
        int run = at;
        while (from[at] != '\r') {
            int next = lineEnd(from, at);
            if (drops(from, at, ours != null)) {
                to.put(from, run, at);
                run = next;
            }
            at = next;
        }
        to.put(from, run, at);
        lines.forEach(line -> write(line, known, to));
        to.put(from, at, length);
    }

    private static int lineEnd(byte[] from, int at) {
        int i = at;
        while (from[i] != '\n') {
            i++;
        }
        return i + 1;
    }

    private boolean drops(byte[] from, int at, boolean withHost) {
        for (byte[] name : dropped) {
            if (isNamed(from, at, name) && (withHost || name.length != HOST.length || !isNamed(from, at, HOST))) {
                return true;
            }
        }
        return false;
    }

    /// @param name in lower case
    private static boolean isNamed(byte[] from, int at, byte[] name) {
        for (int i = 0; i < name.length; i++) {
            byte octet = from[at + i];
            if ((octet >= 'A' && octet <= 'Z' ? octet + 32 : octet) != name[i]) {
                return false;
            }
        }
        return from[at + name.length] == ':';
    }

    /// HTTP/1.0 need not say which host it wants: what is made of nothing is no host.
    private static boolean isEmpty(Line line, Facts known) {
        return line.value.getFirst().fact != null && known.of(line.value.getFirst().fact).length == 0;
    }

    private static void write(Line line, Facts known, Sink to) {
        to.put(line.name, 0, line.name.length);
        for (Piece piece : line.value) {
            byte[] octets = piece.plain != null ? piece.plain : piece.fact != null ? known.of(piece.fact) : CRLF;
            to.put(octets, 0, octets.length);
        }
        to.put(CRLF, 0, CRLF.length);
    }
}
