/// Hand-written fakes and helpers for tests. Each fake passes the same contract suite as the real thing.
@NullMarked
package reeve.testing;

import org.jspecify.annotations.NullMarked;
