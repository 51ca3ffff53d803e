/// Services that systemd runs for Reeve: containers declared with `run_as: quadlet`.
///
/// Owns: their units (Quadlet's `.container`, or a plain `.service` where Podman is older than 4.4), the files with their
/// environment and secrets, the last stage of a pass, which makes what systemd has equal to what is wanted. Never: a process of
/// its own; systemd starts, restarts and ends them, also while no Reeve is there. One pass at a time, on the thread of passes.
@NullMarked
package reeve.run.companion;

import org.jspecify.annotations.NullMarked;
