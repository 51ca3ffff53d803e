package reeve.serve.feed;

import java.time.Duration;

/// How long one side believes in the other. Each counts on its own clock; the proxy from before it asks, the node from when it hears.
/// @param node  a proxy that is silent for so long is counted no more
/// @param proxy one that gets no answer for so long lets no more requests pass to what may sleep
public record Leases(Duration node, Duration proxy) {
    public static final Leases DEFAULT = new Leases(Duration.ofSeconds(15), Duration.ofSeconds(10));

    public Leases {
        if (proxy.compareTo(node) >= 0) {
            throw new IllegalArgumentException("cannot use a lease of " + proxy + " for proxies: the node's is " + node);
        }
    }
}
