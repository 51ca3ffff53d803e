/// Who may use a route, and how fast.
///
/// Owns: the rules of a route, compiled ([AccessGate]), the counts that they need ([ClientRates]), and what is wrong with a request that
/// breaks one ([Refusal]). Never: connections, answers, clocks; times are readings of [reeve.base.Time#nanos] that come in.
/// Invariants: a route without rules has no gate; memory is bounded however many clients there are; no method locks or blocks, but for
/// [BasicAuth#verify], which is slow on purpose and has a thread of its own. Called by the event loops of the proxy, several at a time.
@NullMarked
package reeve.serve.access;

import org.jspecify.annotations.NullMarked;
