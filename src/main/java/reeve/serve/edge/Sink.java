package reeve.serve.edge;

/// Takes octets one after the other.
public interface Sink {
    /// @param to after the last one
    Sink put(byte[] from, int start, int to);
}
