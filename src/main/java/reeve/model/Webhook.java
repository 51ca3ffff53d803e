package reeve.model;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Somebody who is told over HTTP what happens on a node.
/// @param url         `http` or `https`; may be a secret as a whole, so it is never printed
/// @param tokenFile   whose content is sent as `Authorization: Bearer`
/// @param headersFile more headers, a line each, `NAME: VALUE`
/// @param timeout     for one attempt, from connecting to the answer's status
public record Webhook(URI url, Set<Occasion> on, Optional<Path> tokenFile, Optional<Path> headersFile, Duration timeout) {
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    /// What somebody wants to be told of.
    public enum Occasion {
        /// An instance failed for good, or ends again and again; a deploy failed.
        FAILED,
        /// What was told to have failed runs again, and goes on running.
        RECOVERED,
        /// A deploy succeeded.
        DEPLOYED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Webhook {
        on = Set.copyOf(on);
        boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (!http || url.getHost() == null || url.getRawFragment() != null) {
            throw new IllegalArgumentException("cannot use it as a URL: expected http://HOST/PATH or https://HOST/PATH");
        }
        if (url.getRawUserInfo() != null) {
            throw new IllegalArgumentException("cannot use a URL with a password in it: put it into token_file or headers_file");
        }
        if (on.isEmpty()) {
            throw new IllegalArgumentException("cannot tell anybody of nothing: 'on' names no occasion");
        }
    }

    public boolean encrypted() {
        return "https".equals(url.getScheme());
    }

    public int port() {
        return url.getPort() >= 0 ? url.getPort() : encrypted() ? 443 : 80;
    }

    /// All of the URL that may be shown.
    public String name() {
        return url.getHost() + (url.getPort() >= 0 ? ":" + url.getPort() : "");
    }

    @Override
    public String toString() {
        return "Webhook[" + name() + "]";
    }
}
