/// The program: [Main] turns arguments into an exit code, `Wiring` builds every room in order and closes them in reverse.
@NullMarked
package reeve;

import org.jspecify.annotations.NullMarked;
