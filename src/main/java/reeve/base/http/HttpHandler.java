package reeve.base.http;

/// Answers requests. Called on the virtual thread of the connection, for many connections at a time; may block.
@FunctionalInterface
public interface HttpHandler {

    /// Must not throw; what it throws is logged and answered 500 without detail.
    HttpAnswer handle(HttpRequest request);
}
