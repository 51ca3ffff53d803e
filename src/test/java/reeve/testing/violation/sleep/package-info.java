/// Classes that break the rules of the house on purpose; `ArchitectureTest` feeds them to each rule. Nothing runs them.
@NullMarked
package reeve.testing.violation.sleep;

import org.jspecify.annotations.NullMarked;
