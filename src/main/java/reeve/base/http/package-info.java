/// HTTP/1.1 on the wire, free of any transport.
///
/// Owns: the strict parsers of request and response heads ([RequestHead], [ResponseHead]) and of chunked framing
/// ([ChunkScanner]), which the proxy's event loops and the blocking server and client share.
/// Never: routing, forwarding rules, Netty.
/// Invariants: whatever two receivers could read differently is refused, never repaired (RFC 9112 §11.2); every length is
/// bounded. Parsers are reusable objects of one thread.
@NullMarked
package reeve.base.http;

import org.jspecify.annotations.NullMarked;
