@NullMarked
package reeve.serve.access;

import org.jspecify.annotations.NullMarked;
