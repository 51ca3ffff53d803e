/// The node's API: a table of verbs, who may use them, and what each asks of the rooms.
///
/// Owns: paths under `/v1`, the guard before them ([Guard]), the mapping of requests to rooms' calls, of rooms' answers to
/// the records of `model.wire`, and of [reeve.model.Failure] to `{kind, value}` with its status. Never: decisions of other
/// rooms, listeners (Wiring starts servers with [Api] as their handler), HTML (the page comes through a port).
/// Invariants: a request is matched once, and guard and handler both go by that match; nothing is changed by a request that
/// the guard refuses. Called on the virtual threads of `base.http`, many at a time.
@NullMarked
package reeve.front.api;

import org.jspecify.annotations.NullMarked;
