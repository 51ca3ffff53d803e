package reeve.serve.proxy;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import reeve.base.http.HeadLimits;
import reeve.model.Address;
import reeve.model.AddressRange;

/// How a proxy listens and what it bounds.
/// @param listen          addresses to bind; port 0 picks a free one
/// @param loops           event loops, usually one per core
/// @param nativeTransport epoll where the machine has it; otherwise, and always without it, NIO
/// @param head            bounds of a request's or response's head
/// @param connections     how many clients at a time; one more is answered 503 or 429 and closed
/// @param drain           how long closing waits for open requests
/// @param edge            how far what comes in is believed
/// @param notes           what is noted of every request
/// @param streams         requests at a time on one HTTP/2 connection; 0: HTTP/2 is not spoken
public record ProxySettings(List<Address> listen, int loops, boolean nativeTransport, Timeouts timeouts, HeadLimits head,
        Connections connections,
        Duration drain, Edge edge, ProxyNotes notes, int streams) {

    public static final int MOST_CONNECTIONS = 16_384;

    public ProxySettings {
        listen = List.copyOf(listen);
        if (loops < 1) {
            throw new IllegalArgumentException("cannot run a proxy with " + loops + " loops");
        }
    }

    /// How many connections of clients there may be at a time.
    /// @param ofOneClient of each that is no trusted proxy; 0 for any number
    public record Connections(int all, int ofOneClient) {
        public Connections {
            if (all < 1 || ofOneClient < 0) {
                throw new IllegalArgumentException("cannot allow " + all + " connections, of one client " + ofOneClient);
            }
        }
    }

    /// How slow somebody may be.
    /// @param window of which the average counts
    /// @param least  bytes each second; with 0 one in each window is enough
    public record Pace(Duration window, int least) {
        public static final Pace DEFAULT = new Pace(Duration.ofSeconds(60), 240);

        /// What must have moved in so many nanoseconds.
        long bytes(long nanos) {
            return nanos / 1_000_000 * least / 1000;
        }
    }

    /// @param connect      until a backend accepts
    /// @param responseHead until a backend's answer begins, from the last byte of the request; then 504
    /// @param clientIdle   between requests on a client's connection
    /// @param clientHead   from the first byte of a request to the end of its head; then 408
    /// @param stall        how slow a client may be that owes its body (then 408) or does not take its answer (then closed); and for how
    ///                     long a backend may take nothing of a body
    /// @param upstreamIdle unused connections to backends are closed after this
    public record Timeouts(Duration connect, Duration responseHead, Duration clientIdle, Duration clientHead, Pace stall,
            Duration upstreamIdle) {
        public static final Timeouts DEFAULT =
                new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(75), Duration.ofSeconds(10),
                Pace.DEFAULT, Duration.ofSeconds(30));
    }

    /// @param trusted          proxies in front of this one: what they say about where a request came from is passed on
    /// @param proxyProtocol    whether they begin each connection with a header of the PROXY protocol
    /// @param keepsUnderscored whether header names with `_` reach backends, many of which take them for names with `-`
    public record Edge(List<AddressRange> trusted, boolean proxyProtocol, boolean keepsUnderscored) {
        public static final Edge OPEN = new Edge(List.of(), false, false);

        public Edge {
            trusted = List.copyOf(trusted);
        }

        boolean trusts(InetAddress peer) {
            for (AddressRange range : trusted) {
                if (range.contains(peer)) {
                    return true;
                }
            }
            return false;
        }
    }

    public static ProxySettings listeningOn(List<Address> listen) {
        return new ProxySettings(listen, Runtime.getRuntime().availableProcessors(), true, Timeouts.DEFAULT, HeadLimits.DEFAULT,
                new Connections(MOST_CONNECTIONS, 0),
                Duration.ofSeconds(3), Edge.OPEN, ProxyNotes.STANDARD, 100);
    }

    public ProxySettings withTimeouts(Timeouts changed) {
        return new ProxySettings(listen, loops, nativeTransport, changed, head, connections, drain, edge, notes, streams);
    }

    public ProxySettings withLoops(int changed) {
        return new ProxySettings(listen, changed, nativeTransport, timeouts, head, connections, drain, edge, notes, streams);
    }

    public ProxySettings withConnections(int changed) {
        return with(new Connections(changed, connections.ofOneClient));
    }

    public ProxySettings with(Connections changed) {
        return new ProxySettings(listen, loops, nativeTransport, timeouts, head, changed, drain, edge, notes, streams);
    }

    public ProxySettings withNativeTransport(boolean changed) {
        return new ProxySettings(listen, loops, changed, timeouts, head, connections, drain, edge, notes, streams);
    }

    public ProxySettings withEdge(Edge changed) {
        return new ProxySettings(listen, loops, nativeTransport, timeouts, head, connections, drain, changed, notes, streams);
    }

    public ProxySettings withDrain(Duration changed) {
        return new ProxySettings(listen, loops, nativeTransport, timeouts, head, connections, changed, edge, notes, streams);
    }

    public ProxySettings withNotes(ProxyNotes changed) {
        return new ProxySettings(listen, loops, nativeTransport, timeouts, head, connections, drain, edge, changed, streams);
    }

    public ProxySettings withStreams(int changed) {
        return new ProxySettings(listen, loops, nativeTransport, timeouts, head, connections, drain, edge, notes, changed);
    }
}
