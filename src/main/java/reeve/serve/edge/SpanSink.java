package reeve.serve.edge;

/// Where finished spans go. Port of the proxy.
@FunctionalInterface
public interface SpanSink {
    /// For proxies whose traces nobody collects.
    SpanSink NONE = _ -> { };

    /// Called on an event loop: returns at once, and drops the span where there is no room for it.
    void ended(Span span);
}
