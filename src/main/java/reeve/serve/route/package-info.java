/// Which request goes where.
///
/// Owns: the immutable [RouteTable], matching, choosing among targets, and [RouteSources], which merges what named sources
/// declare and alone publishes a table. Never: IO, clocks, connections.
/// Invariant: a reader sees one whole table; a table never changes. Sources publish from control-plane threads, the data
/// plane reads with one volatile read.
@NullMarked
package reeve.serve.route;

import org.jspecify.annotations.NullMarked;
