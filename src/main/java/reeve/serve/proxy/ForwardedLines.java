package reeve.serve.proxy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import reeve.base.http.Head;
import reeve.base.http.KnownHeader;
import reeve.base.http.RequestHead;
import reeve.model.AddressRange;

/// What backends are told about where a request came from. Whatever the peer says of that itself is replaced, unless it is trusted: then
/// it is a proxy too, and we add to what it says. One client connection, one loop.
final class ForwardedLines {
    private static final String FOR = "X-Forwarded-For";
    private static final String PROTO = "X-Forwarded-Proto";
    private static final String PORT = "X-Forwarded-Port";
    private static final String HOST = "X-Forwarded-Host";
    private static final byte[] HOST_LINE = Bytes.ascii("X-Forwarded-Host: ");
    private static final byte[] CRLF = Bytes.ascii("\r\n");

    private final ProxySettings.Edge edge;
    private final boolean trusted;
    private final InetAddress peerIp;
    private final String peer;
    private final String proto;
    private final byte[] portLine;
    private final byte[] protoLine;
    private final byte[] peerAddress;
    private final byte[] lines;
    private final Identity identity;
    private final boolean http2;

    /// @param port  that the client connected to
    /// @param http2 whether HTTP/2 is spoken on it
    ForwardedLines(InetAddress peer, int port, String proto, boolean http2, Identity identity, ProxySettings.Edge edge) {
        this.http2 = http2;
        this.edge = edge;
        this.identity = identity;
        this.trusted = edge.trusts(peer);
        this.peerIp = peer;
        this.peer = text(peer);
        this.proto = proto;
        this.protoLine = Bytes.ascii("X-Forwarded-Proto: " + proto + "\r\n");
        this.portLine = Bytes.ascii("X-Forwarded-Port: " + port + "\r\n");
        this.peerAddress = Bytes.ascii(this.peer);
        this.lines = Bytes.ascii("X-Forwarded-For: " + this.peer + "\r\nX-Forwarded-Proto: " + proto + "\r\nX-Forwarded-Port: " + port
                + "\r\n");
    }

    private static String text(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    /// Whether the peer is a proxy whose word counts.
    boolean trusted() {
        return trusted;
    }

    /// The peer's address as text.
    byte[] peerAddress() {
        return peerAddress;
    }

    /// Whether a line that says where the request came from is copied as it is.
    boolean keeps(Head head, int index) {
        return trusted && !named(head, index, FOR);
    }

    /// Writes the lines that are ours.
    void write(Bytes out, RequestHead head, byte[] bytes) {
        boolean hasHost = head.authorityFrom() < head.authorityTo();
        if (trusted) {
            writeAdded(out, head, bytes, hasHost);
        } else {
            out.put(lines);
            if (hasHost) {
                out.put(HOST_LINE).put(bytes, head.authorityFrom(), head.authorityTo()).put(CRLF);
            }
        }
        out.put(http2 ? identity.viaHttp2() : identity.via(head.minorVersion()));
    }

    private void writeAdded(Bytes out, RequestHead head, byte[] bytes, boolean hasHost) {
        out.put("X-Forwarded-For: ");
        claimed(head).forEach(address -> out.put(address).put(", "));
        out.put(peer).put(CRLF);
        if (says(head, KnownHeader.FORWARDED)) {
            out.put("Forwarded: for=").put(peer.indexOf(':') < 0 ? peer : "\"[" + peer + "]\"").put(";proto=").put(proto).put(CRLF);
        }
        if (!says(head, PROTO)) {
            out.put(protoLine);
        }
        if (!says(head, PORT)) {
            out.put(portLine);
        }
        if (hasHost && !says(head, HOST)) {
            out.put(HOST_LINE).put(bytes, head.authorityFrom(), head.authorityTo()).put(CRLF);
        }
    }

    /// The address of who made the request, as text: the nearest that is not of a trusted proxy.
    byte[] client(RequestHead head) {
        return trusted ? Bytes.ascii(text(source(head))) : peerAddress;
    }

    /// The same as an address.
    InetAddress source(RequestHead head) {
        if (!trusted) {
            return peerIp;
        }
        InetAddress nearest = peerIp;
        for (String claimed : claimed(head).reversed()) {
            Optional<InetAddress> address = AddressRange.address(claimed);
            if (address.isEmpty()) {
                break;
            }
            nearest = address.get();
            if (!edge.trusts(address.get())) {
                break;
            }
        }
        return nearest;
    }

    /// Whether a trusted proxy says that the client came to it over TLS. Of several values the first is what the client came with.
    boolean saysHttps(Head head) {
        if (!trusted) {
            return false;
        }
        for (int i = 0; i < head.count(); i++) {
            if (head.known(i) == KnownHeader.X_FORWARDED && named(head, i, PROTO)) {
                return !head.elements(i).isEmpty() && head.elements(i).getFirst().equalsIgnoreCase("https");
            }
        }
        return false;
    }

    private static List<String> claimed(Head head) {
        var claimed = new ArrayList<String>();
        for (int i = 0; i < head.count(); i++) {
            if (head.known(i) == KnownHeader.X_FORWARDED && named(head, i, FOR)) {
                claimed.addAll(head.elements(i));
            }
        }
        return claimed;
    }

    private static boolean says(Head head, KnownHeader header) {
        for (int i = 0; i < head.count(); i++) {
            if (head.known(i) == header) {
                return true;
            }
        }
        return false;
    }

    private static boolean says(Head head, String name) {
        for (int i = 0; i < head.count(); i++) {
            if (head.known(i) == KnownHeader.X_FORWARDED && named(head, i, name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean named(Head head, int index, String name) {
        return head.nameTo(index) - head.nameFrom(index) == name.length() && head.name(index).equalsIgnoreCase(name);
    }
}
