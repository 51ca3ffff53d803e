package reeve.front.api;

/// Who may use a verb.
public enum Access {
    /// Anyone who reaches the listener. For answers that tell nothing but whether the node lives.
    OPEN,
    /// The owner, and anyone on this machine with a browser: read-only pages.
    PAGE,
    /// The owner, and whoever has the token that reads metrics and opens nothing else.
    METRICS,
    /// The user whose node it is (or root) over the unix socket, or whoever has the token over TCP.
    OWNER
}
