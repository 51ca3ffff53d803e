@NullMarked
package reeve.serve.proxy;

import org.jspecify.annotations.NullMarked;
