/// Runs a fixed program with its arguments to its end: probes, hooks, values.
///
/// Owns: the deadline, the bound on output, the end of everything the program started. Never: a shell, a program that lives on.
/// Called on virtual threads; the caller waits.
@NullMarked
package reeve.base.command;

import org.jspecify.annotations.NullMarked;
