package reeve.declare.settings;

import java.time.Duration;

/// How long the proxy waits, for how many at once, whom it believes, and how much one client may take up.
/// @param connectTimeout  for an instance or backend to accept a connection; then 502
/// @param responseTimeout from the end of a request to the head of its response; then 504
/// @param idleTimeout     a client's connection without a request is closed after it
/// @param heldRequests    requests that wait for services to wake, at once; more are answered 503
/// @param heldRequestsPerService the same for one service
/// @param http2Streams    requests at a time on one HTTP/2 connection of a client; 0: HTTP/2 is not spoken
public record ProxyLimits(Duration connectTimeout, Duration responseTimeout, Duration idleTimeout, int heldRequests,
        int heldRequestsPerService, int http2Streams, ProxyTrust trust, ProxyNotes notes, ProxyFairness fairness, ProxyChanges changes) {}
