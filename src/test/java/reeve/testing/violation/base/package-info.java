/// Classes that break the rules of the house on purpose; `ArchitectureTest` feeds them to each rule. Nothing runs them.
@NullMarked
package reeve.testing.violation.base;

import org.jspecify.annotations.NullMarked;
