@NullMarked
package reeve.base.http;

import org.jspecify.annotations.NullMarked;
