/// The data plane: a reverse proxy for HTTP/1.1, without Netty's codec, and for HTTP/2 from clients, with Netty's frames, on Netty's
/// event loops. Inside, heads are HTTP/1.1 text, whatever the client speaks (decision 0052).
///
/// Owns: client and upstream connections, forwarding, the proxy's own answers, the access log, and each sleeping service's
/// gate ([ProxyTraffic]). Never: decides what runs or sleeps; it reads one published route table per request and asks the
/// wake gate when a service is held.
/// How a request flows: [ClientConnection] finds a whole head in the loop's scratch array, [Exchange] routes it and lets it
/// [Wait] where it has to; [Forwarding] takes a connection from [UpstreamPool], [HeadRewriter] writes the head anew into one
/// buffer; bodies pass as they are, their framing walked by [BodyFraming]; [ResponseRelay] does the same on the way back, to
/// the [ClientStream].
/// Invariants: everything of one client happens on its event loop, its upstream connections included; a loop never blocks;
/// nothing is forwarded that was not parsed strictly; a connection with unread, unsent or extra bytes is never reused; an
/// answer that was cut short never looks complete; memory per connection is bounded by back-pressure both ways.
@NullMarked
package reeve.serve.proxy;

import org.jspecify.annotations.NullMarked;
