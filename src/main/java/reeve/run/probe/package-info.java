/// Finds out whether an instance is healthy: by HTTP, by TCP, or by a program.
///
/// Owns: one probe and its verdict in plain words. Never: cadence, counting failures, decisions. Any thread; the caller waits.
@NullMarked
package reeve.run.probe;

import org.jspecify.annotations.NullMarked;
