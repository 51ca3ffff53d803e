package reeve.serve.access;

import java.time.Duration;
import java.util.Locale;

/// Why a request may not go on.
/// @param text       for who made it
/// @param retryAfter when another one may; zero where time changes nothing
public record Refusal(Reason reason, int status, String text, Duration retryAfter) {

    /// What is counted.
    public enum Reason {
        ADDRESS,
        AGENT,
        REFERER,
        CLIENT_RATE,
        ROUTE_RATE,
        BODY,
        CREDENTIALS,
        AUTHORITY;

        /// As people see it.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Refusal forbidden(Reason reason, String text) {
        return new Refusal(reason, 403, text, Duration.ZERO);
    }
}
