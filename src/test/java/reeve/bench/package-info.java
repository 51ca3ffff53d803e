/// Measurements beside real peers, each a program of its own that a script of `bench/` starts.
@NullMarked
package reeve.bench;

import org.jspecify.annotations.NullMarked;
