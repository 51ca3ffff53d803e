/// What one supervised instance does next.
///
/// Owns: the pure machine from (state, event, now) to (next state, effects), and the port [Driver] through which effects
/// reach real processes. Never: IO, clocks, other instances, the order between services (reconcile decides that).
@NullMarked
package reeve.run.supervise;

import org.jspecify.annotations.NullMarked;
