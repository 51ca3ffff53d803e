package reeve.serve.proxy;

import java.util.Locale;
import java.util.Optional;
import reeve.base.http.BodyKind;
import reeve.base.http.KnownHeader;
import reeve.base.http.RequestHead;
import reeve.serve.edge.Media;

/// What of a request's head is needed after the loop's parser has gone on to another.
/// @param repeatable whether sending it twice does no harm: idempotent, without a body
/// @param media      that the client takes answers of the proxy's own in
/// @param protocol   that the client asks to change to; empty where it does not, or may not
record RequestFacts(boolean http10, boolean keepsAlive, boolean answersHead, boolean expectsContinue, boolean repeatable, Media media,
        boolean takesTrailers, Optional<String> protocol) {

    static RequestFacts of(RequestHead head, byte[] bytes) {
        boolean repeatable = head.body() == BodyKind.NONE && head.method().idempotent();
        return new RequestFacts(head.minorVersion() == 0, head.keepsAlive(), head.method() == RequestHead.Method.HEAD,
                head.expectsContinue(), repeatable,
                media(head, bytes), head.takesTrailers(), head.asksUpgrade() ? protocol(head) : Optional.empty());
    }

    /// One protocol, and never one that would let the client speak HTTP past this proxy (h2c: attack class 19). A request
    /// with a body does not change the protocol: its body's end would decide where the tunnel begins.
    private static Optional<String> protocol(RequestHead head) {
        Optional<String> protocol = Optional.empty();
        for (int i = 0; i < head.count(); i++) {
            if (head.known(i) == KnownHeader.UPGRADE) {
                String value = head.value(i).toLowerCase(Locale.ROOT);
                if (protocol.isPresent() || !value.matches("[a-z0-9._/+-]+") || value.matches("(h2|http|tls).*")) {
                    return Optional.empty();
                }
                protocol = Optional.of(value);
            }
        }
        return head.body() == BodyKind.NONE ? protocol : Optional.empty();
    }

    /// The form that the proxy's own answers to it have.
    private static Media media(RequestHead head, byte[] bytes) {
        for (int i = 0; i < head.count(); i++) {
            if (head.known(i) == KnownHeader.ACCEPT) {
                return Media.preferred(bytes, head.valueFrom(i), head.valueTo(i));
            }
        }
        return Media.TEXT;
    }
}
