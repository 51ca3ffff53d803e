/// Apps that come from a catalogue, and data that goes with an app.
///
/// Owns: which apps are installed, applying an entry that changed, removals that wait until nothing of an app runs. Never: an entry
/// that is not installed (a pass does not even look at it), instances, the runtime (through [reeve.run.install.Volumes] only).
/// Acts of users are durable when they return; called on their threads and on the thread of passes.
@NullMarked
package reeve.run.install;

import org.jspecify.annotations.NullMarked;
