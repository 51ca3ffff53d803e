package reeve.serve.proxy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reeve.base.http.RequestHead;
import reeve.model.Balance;
import reeve.serve.route.Backend;
import reeve.serve.route.Balancer;
import reeve.serve.route.RouteEntry;

/// Which instance a request goes to, and which is next when that one fails it. One exchange, one loop.
final class Choice {
    private final Loop loop;
    private @Nullable Balancer among;
    private UpstreamPool.@Nullable Peer peer;
    private @Nullable RouteEntry unmarked; // its client is to be told by a cookie where to come back to
    private List<Backend> tried = List.of();
    private long key;

    Choice(Loop loop) {
        this.loop = loop;
    }

    /// The instance that has the request, or had it last; null before the first.
    UpstreamPool.@Nullable Peer peer() {
        return peer;
    }

    /// What the service of the request says of its times.
    Balance.Timeouts limits() {
        return among == null ? Balance.Timeouts.DEFAULT : among.balance().timeouts();
    }

    /// Takes an instance, which counts the request until it is left.
    /// @param client address of the client
    /// @return null where none can take the request now
    UpstreamPool.@Nullable Peer first(RouteEntry entry, RequestHead head, byte[] bytes, byte[] client, long now) {
        Balancer from = entry.balancer();
        Backend backend = from.only();
        if (backend == null) {
            backend = choose(entry, head, bytes, client, now);
        } else {
            backend.begin();
        }
        if (backend == null) {
            return null;
        }
        UpstreamPool.Peer to = loop.pool().peer(backend);
        if (from.size() > 1) {
            to.retries.requested(now);
        }
        among = from;
        peer = to;
        return to;
    }

    /// Chooses where there is a choice, and by what the request itself says where that matters.
    private @Nullable Backend choose(RouteEntry entry, RequestHead head, byte[] bytes, byte[] client, long now) {
        Balancer from = entry.balancer();
        if (from.reads()) {
            boolean sticky = !from.balance().sticky().isEmpty();
            Backend own = sticky ? Sticking.of(from, head, bytes) : null;
            if (own != null && from.take(own, now)) {
                return own;
            }
            unmarked = sticky ? entry : null;
            key = Sticking.key(from.balance(), head, bytes, client);
        }
        return from.take(key, loop.jitter(), now, List.of());
    }

    /// Leaves the instance for another one, where there is one and the budget allows it.
    /// @return null where the request stays where it was
    UpstreamPool.@Nullable Peer next(long now) {
        Balancer from = among;
        UpstreamPool.Peer last = peer;
        if (from == null || last == null || from.size() < 2 || tried.size() >= from.balance().retries() || !last.retries.take(now)) {
            return null;
        }
        tried = new ArrayList<>(tried);
        tried.add(last.backend);
        Backend next = from.take(key, loop.jitter(), now, tried);
        if (next == null) {
            return null;
        }
        leave();
        peer = loop.pool().peer(next);
        return peer;
    }

    /// The request is the instance's no more: who waits for room may have it.
    void leave() {
        if (peer != null) {
            peer.backend.end();
            if (among != null && among.limited()) {
                among.overflow().next();
            }
        }
    }

    /// The instance failed the request.
    void failed(long now) {
        if (among != null && peer != null) {
            among.failed(peer.backend, false, now);
        }
    }

    /// The instance's answer has begun; what is to be added to its head is added.
    /// @param asked when it was last asked for something
    void answered(int status, Bytes head, long asked, boolean encrypted) {
        if (among == null || peer == null) {
            return;
        }
        if (among.size() > 1) {
            if (status >= 500 && among.balance().ejection().errors()) {
                among.failed(peer.backend, true, loop.now());
            } else {
                among.succeeded(peer.backend, asked);
            }
        }
        if (unmarked != null) {
            Sticking.set(head, unmarked, peer.backend, encrypted);
        }
    }
}
