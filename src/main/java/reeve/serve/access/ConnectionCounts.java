package reeve.serve.access;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;

/// How many connections each client has open. Any thread. Asked once for each connection, not for each request; remembers no more
/// clients than there are connections.
public final class ConnectionCounts {
    private final int most;
    private final ConcurrentHashMap<Long, Integer> open = new ConcurrentHashMap<>();

    /// @param most connections of one client
    public ConnectionCounts(int most) {
        this.most = most;
    }

    /// Counts one more, whatever the answer.
    /// @return false where the client has more than it may
    public boolean enter(InetAddress client) {
        return open.merge(ClientRates.client(client), 1, Integer::sum) <= most;
    }

    /// One of the client's connections has ended, or was not let in.
    public void leave(InetAddress client) {
        open.computeIfPresent(ClientRates.client(client), (_, before) -> before == 1 ? null : before - 1);
    }
}
