/// Regular expressions that take time linear in their input, whatever they and it are.
///
/// Owns: the only use of RE2/J. Never: `java.util.regex` for what users write, which a request could make run for years.
/// Patterns are immutable; any thread.
@NullMarked
package reeve.base.regex;

import org.jspecify.annotations.NullMarked;
