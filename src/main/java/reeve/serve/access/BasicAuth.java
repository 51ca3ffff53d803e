package reeve.serve.access;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import reeve.base.secret.KeyedHash;
import reeve.model.Access;

/// Who has a name and a password (RFC 7617). Hashing is slow: what was found out about credentials is remembered for a moment, by a keyed
/// hash of them, never by themselves. Any thread.
public final class BasicAuth {
    private static final int MOST_REMEMBERED = 1024;
    private static final long FRESH = Duration.ofSeconds(5).toNanos();
    private static final String SCHEME = "basic ";
    /// Of nobody's password, so that asking for a user who does not exist takes as long.
    private static final PasswordHash NOBODY = new PasswordHash("$2y$10$abcdefghijklmnopqrstuuMvHGC3bAzBsDPvG5T0IDbsQ8o2D9nqy");

    private final Access.Basic rules;
    private final Users users;
    private final KeyedHash hash = new KeyedHash();
    private final ConcurrentHashMap<String, Seen> seen = new ConcurrentHashMap<>();

    private record Seen(boolean passes, int generation, long at) {}

    /// What is known of a request's credentials.
    public enum Verdict {
        PASSES,
        FAILS,
        /// [#verify] finds out.
        UNKNOWN
    }

    BasicAuth(Access.Basic rules) {
        this.rules = rules;
        this.users = new Users(rules.users(), rules.file());
    }

    /// Never blocks.
    /// @param authorization values of that header
    /// @param now           reading of [reeve.base.Time#nanos]
    public Verdict look(List<String> authorization, long now) {
        if (authorization.size() != 1 || credentials(authorization.getFirst()).isEmpty()) {
            return Verdict.FAILS;
        }
        Seen known = seen.get(name(authorization.getFirst()));
        if (known == null || now - known.at > FRESH) {
            return Verdict.UNKNOWN;
        }
        return known.passes ? Verdict.PASSES : Verdict.FAILS;
    }

    /// Finds out, for which it may read a file and takes a processor for a tenth of a second: never on an event loop.
    /// @param authorization of which nothing is known
    public boolean verify(String authorization, long now) {
        Users.State current = users.now();
        String name = name(authorization);
        Seen known = seen.get(name);
        boolean passes = known != null && known.generation == current.generation() ? known.passes : matches(authorization, current);
        if (seen.size() >= MOST_REMEMBERED) {
            seen.clear();
        }
        seen.put(name, new Seen(passes, current.generation(), now));
        return passes;
    }

    private static boolean matches(String authorization, Users.State current) {
        Optional<byte[]> given = credentials(authorization);
        if (given.isEmpty()) {
            return false;
        }
        byte[] bytes = given.get();
        int colon = 0;
        while (bytes[colon] != ':') {
            colon++;
        }
        PasswordHash expected = current.hashes().get(new String(bytes, 0, colon, StandardCharsets.UTF_8));
        boolean matches = (expected == null ? NOBODY : expected).matches(Arrays.copyOfRange(bytes, colon + 1, bytes.length));
        return matches && expected != null;
    }

    /// @return `NAME:PASSWORD`; empty where it is something else
    private static Optional<byte[]> credentials(String authorization) {
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.empty();
        }
        try {
            byte[] decoded = Base64.getDecoder().decode(authorization.substring(SCHEME.length()).strip());
            return new String(decoded, StandardCharsets.ISO_8859_1).indexOf(':') < 0 ? Optional.empty() : Optional.of(decoded);
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // not base 64
        }
    }

    private String name(String authorization) {
        return hash.of(authorization.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// Value of `WWW-Authenticate`.
    public String challenge() {
        return "Basic realm=\"" + rules.realm() + "\", charset=\"UTF-8\"";
    }

    /// Whether the credentials stay here.
    public boolean removes() {
        return rules.remove();
    }
}
