package reeve.serve.proxy;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reeve.base.http.RequestHead;
import reeve.serve.edge.Media;
import reeve.serve.route.RouteTable;

/// Where a connection comes from and how it came in: the same for all its requests. One loop.
final class Origin {
    private final Loop loop;
    private final Entrance entrance;
    private final ForwardedLines forwarded;
    private final boolean local;
    private final int port;

    /// @param http2 whether HTTP/2 is spoken on it
    Origin(Loop loop, Entrance entrance, boolean http2, Channel channel) {
        InetSocketAddress peer = PrefaceReader.source(channel);
        this.loop = loop;
        this.entrance = entrance;
        this.port = ((InetSocketAddress) channel.localAddress()).getPort();
        this.forwarded = new ForwardedLines(peer.getAddress(), port, entrance.scheme(), http2, loop.identity(),
                loop.settings().edge());
        this.local = peer.getAddress().isLoopbackAddress() && !forwarded.trusted();
    }

    /// Header lines that tell a backend about this connection.
    ForwardedLines forwarded() {
        return forwarded;
    }

    /// The address of who makes a request, as text.
    byte[] address(RequestHead head) {
        return forwarded.client(head);
    }

    /// The address of who has made none yet.
    byte[] address() {
        return forwarded.peerAddress();
    }

    /// That the client connected to.
    int port() {
        return port;
    }

    /// `http` or `https`.
    String scheme() {
        return entrance.scheme();
    }

    /// Whether the client speaks TLS.
    boolean encrypted() {
        return entrance.encrypted();
    }

    /// Header lines that every answer here has, to say how this host is to be reached.
    byte[] answerLines() {
        return entrance.answerLines();
    }

    /// The answer to a request that must not go further; null for all that may.
    @Nullable Answer refusal(RequestHead head, byte[] bytes) {
        return entrance.refusal(head, bytes, forwarded);
    }

    /// How an answer of the proxy's own looks, with the routes to show below it.
    /// @param passage null where nothing is done to it
    Answers.Form form(Answer answer, RequestFacts facts, boolean close, @Nullable Passage passage) {
        List<RouteTable.View> routes = answer.listRoutes() && local ? loop.routes().views() : List.of();
        return new Answers.Form(facts.media(), facts.answersHead(), close, facts.http10(), routes, port, passage);
    }

    /// How the answer to what is no request looks.
    Answers.Form formOfRefusal() {
        return new Answers.Form(Media.TEXT, false, true, false, List.of(), port, null);
    }

    /// Writes an access line about what was no request.
    void logRefusal(Answer answer) {
        AccessLines lines = loop.accessLines();
        if (lines != null) {
            lines.refused(new AccessLines.Facts(address(), answer.status(), 0, 0, 0, null, new byte[0], new byte[0],
                    entrance.scheme(), port));
        }
    }
}
