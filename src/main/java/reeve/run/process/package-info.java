/// Host processes as instances: started through a shim, found again after Reeve was restarted, watched, suspended, ended.
///
/// Owns: the folder of each instance (`STATE/instances/APP/SERVICE/N`), the shim, the rule when a process is ours,
/// its logs, limits, confinement, secrets and notifications; commands beside it, and those in the place of one. All of these go
/// to the shim as a `Request`: a start and a copy of a service from the same `Groundwork`, a command beside from what `/proc` says.
/// Never: when to start, stop or restart (supervise and reconcile decide that), or what the program's output says.
/// Invariants: intent is on disk before a program can run; no signal is sent before boot, pid, start time and cookie match;
/// one end is reported for each run. Calls come from the instance's lane; ends are reported on virtual threads.
@NullMarked
package reeve.run.process;

import org.jspecify.annotations.NullMarked;
