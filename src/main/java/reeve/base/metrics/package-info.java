/// What is counted and measured, as text for Prometheus.
///
/// Owns: the numbers that only grow, their text form, the bound on how many there may be. Never: which metrics there are (rooms
/// declare theirs, `reeve.NodeMetrics` names all of them), and who may read them.
/// Called from any thread; adding takes no lock.
@NullMarked
package reeve.base.metrics;

import org.jspecify.annotations.NullMarked;
