/// What a proxy outside the node's process is fed: one that runs as a process of its own, or what drains of a node's predecessor.
///
/// Owns: the versioned rows (what apps declare, how services stand, what is held) and their way to the proxies ([Feed], [FedProxy]);
/// the proxies' counts, holds and asks, and what of them the sleep room sees: the same [reeve.sleep.Traffic] as of a proxy in
/// this process.
/// Never: what a row means to a route table, which whoever joins the rooms knows; connections of clients.
///
/// Both directions carry states, not events: rows with a version, reports with a number. What is lost is said again, what comes late
/// or twice changes nothing.
///
/// Invariants: a service is not put to sleep before every proxy that may still serve it has confirmed that it holds its requests and has
/// none open; a proxy that is not heard of for [Leases#node] is counted no more, and has stopped sending requests to what may sleep
/// before that ([Leases#proxy]), unless it knows that there is no node; the counts of a run only grow.
///
/// Threads: any; [Feed] and [FedProxy] guard themselves and do not wait, but for [Feed#follow].
@NullMarked
package reeve.serve.feed;

import org.jspecify.annotations.NullMarked;
