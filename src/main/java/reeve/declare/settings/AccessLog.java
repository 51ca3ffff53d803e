package reeve.declare.settings;

import java.nio.file.Path;
import java.time.Duration;
import reeve.model.AccessFormat;
import reeve.model.LogRotation;

/// Where the proxy notes each request, and how.
public sealed interface AccessLog {
    record Off() implements AccessLog {}

    /// @param path absolute
    record ToFile(Path path, AccessFormat format, LogRotation rotation) implements AccessLog {
        static final LogRotation ROTATION = new LogRotation(100L * 1024 * 1024, 5, Duration.ofDays(30));

        public ToFile(Path path) {
            this(path, AccessFormat.STANDARD, ROTATION);
        }
    }
}
