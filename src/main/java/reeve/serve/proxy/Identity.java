package reeve.serve.proxy;

import java.util.List;
import reeve.base.Jitter;
import reeve.base.http.Head;
import reeve.base.http.KnownHeader;

/// The name by which one proxy knows itself again in `Via` (RFC 9110 §7.6.3): says which software it is, and is another one for each
/// proxy and each start. Immutable; all loops.
final class Identity {
    /// A service that is a gateway itself may send a request back here for another service; one that comes again and again is in a circle.
    private static final int MOST_PASSES = 4;

    private final String name;
    private final byte[] via10;
    private final byte[] via11;
    private final byte[] via20;

    Identity(Jitter jitter) {
        name = "reeve-" + Long.toHexString(0x1_0000_0000L | (long) (jitter.next() * 0x1_0000_0000L)).substring(1);
        via10 = Bytes.ascii("Via: 1.0 " + name + "\r\n");
        via11 = Bytes.ascii("Via: 1.1 " + name + "\r\n");
        via20 = Bytes.ascii("Via: 2.0 " + name + "\r\n");
    }

    /// The line to add.
    /// @param minorVersion of the received message
    byte[] via(int minorVersion) {
        return minorVersion == 0 ? via10 : via11;
    }

    /// The line to add to what was received over HTTP/2.
    byte[] viaHttp2() {
        return via20;
    }

    boolean goesInCircles(Head head) {
        int passes = 0;
        for (int i = 0; i < head.count(); i++) {
            if (head.known(i) == KnownHeader.VIA) {
                List<String> hops = head.elements(i);
                passes += (int) hops.stream().filter(hop -> hop.endsWith(name)).count();
            }
        }
        return passes >= MOST_PASSES;
    }
}
