package reeve.base.http;

/// How the end of a message's body is found (RFC 9112 §6.3).
public enum BodyKind {
    NONE,
    /// After `Content-Length` bytes.
    LENGTH,
    /// After the last chunk and its trailers.
    CHUNKED,
    /// When the sender closes; responses only.
    UNTIL_CLOSE
}
