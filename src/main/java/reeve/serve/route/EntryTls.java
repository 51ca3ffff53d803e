package reeve.serve.route;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reeve.model.RouteTls;

/// What TLS means for a route, ready for each request. Immutable.
public final class EntryTls {
    private final RouteTls rules;
    private final byte @Nullable [] answerLines;

    private EntryTls(RouteTls rules) {
        this.rules = rules;
        this.answerLines = rules.hsts().map(EntryTls::lines).orElse(null);
    }

    /// @return null where nothing is of its own
    static @Nullable EntryTls of(Optional<RouteTls> rules) {
        return rules.filter(given -> !given.equals(RouteTls.NONE)).map(EntryTls::new).orElse(null);
    }

    /// What tells browsers how the host is to be reached (RFC 6797 §6.1).
    /// @param age zero: nothing tells them
    public static byte[] lines(Duration age) {
        String line = age.isZero() ? "" : "Strict-Transport-Security: max-age=" + age.toSeconds() + "\r\n";
        return line.getBytes(StandardCharsets.US_ASCII);
    }

    /// Header lines of every answer over TLS; null: the node's.
    public byte @Nullable [] answerLines() {
        return answerLines;
    }

    /// @param node what the node says
    public boolean redirects(boolean node) {
        return rules.redirect().orElse(node);
    }

    /// What clients have to prove; null: nothing.
    public RouteTls.@Nullable ClientAuth clientAuth() {
        return rules.clientAuth().orElse(null);
    }
}
