package reeve.serve.edge;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// One request as a tracing system knows it (OpenTelemetry's semantic conventions for HTTP servers).
/// @param traceId 32 hexadecimal digits
/// @param id      16 of them
/// @param parent  as many; empty where the trace begins here
/// @param route   as people know it; empty where none took the request
/// @param backend that answered it; empty for none
/// @param ended   when its last byte had passed
public record Span(String traceId, String id, Optional<String> parent, String method, String path, String scheme, String host,
        String client, String route, String backend, int status, Instant ended, Duration lasted, Duration held) {}
