@NullMarked
package reeve.serve.trace;

import org.jspecify.annotations.NullMarked;
