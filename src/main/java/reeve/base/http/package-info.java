/// HTTP/1.1 for the control plane, and the parsers that the data plane shares.
///
/// Owns: the strict parsers of request and response heads ([RequestHead], [ResponseHead]) and of chunked framing
/// ([ChunkScanner]), free of any transport, which the proxy's event loops use as well; a small blocking server
/// ([HttpServer]) and client ([HttpClient]) over TCP and unix sockets, on virtual threads; the owner-only unix socket
/// ([UnixListener]). Never: routing, forwarding rules, who may do what, Netty.
/// Invariants: whatever two receivers could read differently is refused, never repaired (RFC 9112 §11.2); every length,
/// count and wait is bounded. Parsers are reusable objects of one thread.
@NullMarked
package reeve.base.http;

import org.jspecify.annotations.NullMarked;
