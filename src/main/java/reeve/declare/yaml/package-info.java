/// YAML as people write it by hand: a tree in which every value knows its line and column, and the means to check it.
///
/// Owns: the YAML library, bounds against hostile files (size, depth, expanded aliases), anchors and `<<` merges,
/// durations, and the bounded list of problems that a file has. Never: what the keys mean, IO, time.
/// Used by the other rooms of this wing, on whatever thread reads a file. A bad file is a list of problems, never an exception.
@NullMarked
package reeve.declare.yaml;

import org.jspecify.annotations.NullMarked;
