package reeve.serve.proxy;

/// A client's connection, as its loop looks after it.
interface Client {

    /// Called several times a second: what has taken too long is ended.
    void tick(long now);

    /// The proxy closes: takes no more requests, and ends when it has none.
    void drain();

    /// Ends at once.
    void abort();
}
