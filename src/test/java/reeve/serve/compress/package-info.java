@NullMarked
package reeve.serve.compress;

import org.jspecify.annotations.NullMarked;
