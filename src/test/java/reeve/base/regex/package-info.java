@NullMarked
package reeve.base.regex;

import org.jspecify.annotations.NullMarked;
