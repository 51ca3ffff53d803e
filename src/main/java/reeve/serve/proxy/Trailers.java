package reeve.serve.proxy;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import reeve.base.http.Head;
import reeve.base.http.KnownHeader;

/// The trailer lines of one chunked body, collected while it passes, and what may be passed on of them (RFC 9110 §6.5.1): nothing that
/// would have meant something had it stood in the head, for a receiver may put both together. One body, one loop.
final class Trailers {
    /// Framing, routing, authentication, conditions, how the content is to be read, what only a proxy may say.
    private static final Set<String> NEVER = Set.of("transfer-encoding", "host", "connection", "keep-alive", "te", "trailer",
            "upgrade", "http2-settings", "via", "forwarded", "x-real-ip", "expect", "max-forwards", "cache-control", "pragma", "range",
            "authorization", "www-authenticate", "authentication-info", "cookie", "set-cookie", "age", "expires", "date", "location",
            "retry-after", "vary", "warning", "allow", "origin",
            "strict-transport-security", "refresh", "clear-site-data");
    private static final Set<String> NEVER_PREFIXES = Set.of("content-", "x-forwarded-", "proxy", "if-", "accept-", "access-control-",
            "sec-", "cross-origin-");

    private final Set<String> listed = new HashSet<>();
    private final Bytes lines = new Bytes();

    /// @param head of the message, whose `Connection` names more fields to leave out
    static Trailers of(Head head) {
        var trailers = new Trailers();
        for (int i = 0; head.othersListed() && i < head.count(); i++) {
            if (head.known(i) == KnownHeader.CONNECTION) {
                head.elements(i).forEach(name -> trailers.listed.add(name.toLowerCase(Locale.ROOT)));
            }
        }
        return trailers;
    }

    void add(byte octet) {
        lines.put((char) octet);
    }

    /// The lines to pass on, each with its CR LF.
    Bytes last() {
        var kept = new Bytes();
        byte[] all = lines.array();
        int from = 0;
        for (int at = 1; at < lines.length(); at++) {
            if (all[at] == '\n') {
                if (mayPass(name(all, from))) {
                    kept.put(all, from, at + 1);
                }
                from = at + 1;
            }
        }
        return kept;
    }

    private static String name(byte[] line, int from) {
        var name = new StringBuilder();
        for (int at = from; line[at] != ':'; at++) {
            name.append((char) line[at]);
        }
        return name.toString().toLowerCase(Locale.ROOT);
    }

    private boolean mayPass(String name) {
        return name.indexOf('_') < 0 && !NEVER.contains(name) && !listed.contains(name)
                && NEVER_PREFIXES.stream().noneMatch(name::startsWith);
    }
}
