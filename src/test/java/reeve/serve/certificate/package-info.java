@NullMarked
package reeve.serve.certificate;

import org.jspecify.annotations.NullMarked;
