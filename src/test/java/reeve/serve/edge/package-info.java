@NullMarked
package reeve.serve.edge;

import org.jspecify.annotations.NullMarked;
