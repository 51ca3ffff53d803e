package reeve.base.http;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/// Where an HTTP server is reached.
public sealed interface HttpTarget {
    /// @param address resolved
    record Tcp(InetSocketAddress address) implements HttpTarget {}

    record Unix(Path socket) implements HttpTarget {}
}
