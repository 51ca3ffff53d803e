@NullMarked
package reeve.serve.route;

import org.jspecify.annotations.NullMarked;
