/// When Reeve begins to act after it started, and how often it looks at everything afterwards.
///
/// Owns: the wait for the machine's recovery, the rhythm of passes, the order of a pass's stages, what is logged of them. Never:
/// what a pass does; that is what its stages are for. A failing stage ends neither the pass nor the loop.
/// One mailbox owns the state; looks and passes run on virtual threads of their own, one pass at a time.
@NullMarked
package reeve.run.boot;

import org.jspecify.annotations.NullMarked;
