/// What becomes of requests and answers on their way: which header lines are changed; what is told of a request.
///
/// Owns: the rules of one route, made ready once, when its table is built ([EdgeRules]); the pages that take the place of errors, in memory
/// ([Pages]); the files that answer requests themselves ([FileTree]). Only these two read the disk. Never: holds a
/// connection, reads the clock.
/// Invariants: rules are immutable and serve any number of requests at once; nothing here can write what frames a message.
/// Called by `serve.route` when it builds a table, on any thread, and by `serve.proxy` on its event loops.
@NullMarked
package reeve.serve.edge;

import org.jspecify.annotations.NullMarked;
