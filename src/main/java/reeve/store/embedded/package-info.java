/// The store of one node: one SQLite file in write-ahead-log mode, synced at each commit.
///
/// Owns: the file, its lock, its schema; SQLite stays in this room. Never: an acknowledgement before the commit is on disk.
/// Invariants: one thread writes ([Writer]), and what waits at the same time is committed together; readers see only
/// committed revisions; the change log holds every revision from its oldest to the newest, so watches need no memory of their own.
/// Called on any thread; callers wait for the disk.
@NullMarked
package reeve.store.embedded;

import org.jspecify.annotations.NullMarked;
