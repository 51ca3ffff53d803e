package reeve.model;

import java.util.Locale;
import java.util.stream.Stream;

/// Something that was asked and cannot be done; one for all rooms, so that each edge maps it in one place.
/// The message reads "cannot X: reason" and is fit for a user's eyes.
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// What sort of failure it is: stable strings in the API, exit codes in the CLI.
    public enum Kind {
        /// What was given is not allowed; nothing was changed. HTTP 400, exit code 2.
        INVALID(400, 2),
        /// No such app, service or instance. HTTP 404, exit code 4.
        NOT_FOUND(404, 4),
        /// It contradicts the present state. HTTP 409, exit code 5.
        CONFLICT(409, 5),
        /// The caller may not. HTTP 401, exit code 6.
        FORBIDDEN(401, 6),
        /// A bound is reached; try again later. HTTP 503, exit code 7.
        BUSY(503, 7),
        /// A part this needs does not answer. HTTP 503, exit code 3.
        UNAVAILABLE(503, 3),
        /// It took longer than allowed. HTTP 504, exit code 8.
        TIMEOUT(504, 8),
        /// A fault in Reeve. HTTP 500, exit code 70.
        INTERNAL(500, 70);

        private final int status;
        private final int exitCode;

        Kind(int status, int exitCode) {
            this.status = status;
            this.exitCode = exitCode;
        }

        public int status() {
            return status;
        }

        public int exitCode() {
            return exitCode;
        }

        /// The kind that a program of ours ended with; `UNAVAILABLE` where its exit code is none of these.
        public static Kind ofExitCode(int exitCode) {
            return Stream.of(values()).filter(kind -> kind.exitCode == exitCode).findFirst().orElse(UNAVAILABLE);
        }

        /// The stable string, `not_found`.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Kind kind;

    public Failure(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Failure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
