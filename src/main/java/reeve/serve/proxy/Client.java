package reeve.serve.proxy;

/// A client's connection, as its loop looks after it.
interface Client {

    /// Called several times a second: what has taken too long is ended.
    void tick(long now);

    /// The proxy closes: takes no more requests, and ends when it has none.
    void drain();

    /// A successor takes new connections: this one ends as soon as its client can be told so without a request being lost.
    void retire();

    /// Ends at once.
    void abort();
}
