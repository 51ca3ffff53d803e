package reeve.base.http;

import java.time.Duration;

/// Bounds of an [HttpServer].
/// @param connections at a time; one more is answered 503 and closed
/// @param bodyBytes   of one request; one more is 413
/// @param idle        a connection may wait for its next request
/// @param request     from the first byte of a request to its last; slower ones are closed
/// @param write       one write of an answer may be blocked by a client that takes nothing
public record ServerLimits(HeadLimits head, int connections, int bodyBytes, Duration idle, Duration request, Duration write) {
    public static final ServerLimits DEFAULT =
            new ServerLimits(HeadLimits.DEFAULT, 256, 4 * 1024 * 1024, Duration.ofSeconds(60), Duration.ofSeconds(10),
                    Duration.ofSeconds(10));
}
