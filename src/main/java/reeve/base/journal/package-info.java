/// The journal: the append-only, bounded, node-local record of every decision, with what was decided, why, and on which facts.
///
/// Owns: the file, its bounds, reading back by subject, and following. Never: decisions. Appending never blocks a decision
/// for long and never fails it: an entry that cannot be written is logged and counted.
@NullMarked
package reeve.base.journal;

import org.jspecify.annotations.NullMarked;
