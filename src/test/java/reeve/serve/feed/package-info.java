@NullMarked
package reeve.serve.feed;

import org.jspecify.annotations.NullMarked;
