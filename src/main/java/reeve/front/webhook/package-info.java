/// Tells others over HTTP what happened on this node.
///
/// Owns: what counts as an occasion (`Occasions`), the queue and the retries for each receiver, the sending, and where may not be sent
/// to. Never: the state of services. It reads the journal as it is written, so the rooms that decide do not know of it.
/// Each receiver has a mailbox with one thread; whoever is slow delays nobody else and loses notices beyond a bound, visibly.
@NullMarked
package reeve.front.webhook;

import org.jspecify.annotations.NullMarked;
