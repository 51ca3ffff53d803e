package reeve.serve.proxy;

/// What is remembered of the streams of an HTTP/2 connection that are no more, to tell a peer that breaks the rules from one whose
/// frames have crossed ours: for the last of them which had been ended by the peer, and which it left out. One connection, one loop.
final class PastStreams {
    private static final int KEPT = 32;

    private final int[] ended = new int[KEPT];
    private final int[] skippedFrom = new int[KEPT];
    private final int[] skippedTo = new int[KEPT];
    private int endings;
    private int skips;
    private int last = -1;

    /// The peer has opened a stream; those with smaller ids that it never opened, it never may (RFC 9113 §5.1.1).
    void opened(int id) {
        if (id > last + 2) {
            skippedFrom[skips % KEPT] = last + 2;
            skippedTo[skips++ % KEPT] = id - 2;
        }
        last = id;
    }

    /// A stream that the peer had ended is closed.
    void ended(int id) {
        ended[endings++ % KEPT] = id;
    }

    boolean hasEnded(int id) {
        for (int one : ended) {
            if (one == id) {
                return true;
            }
        }
        return false;
    }

    boolean wasSkipped(int id) {
        for (int i = 0; i < KEPT; i++) {
            if (id >= skippedFrom[i] && id <= skippedTo[i]) {
                return true;
            }
        }
        return false;
    }
}
