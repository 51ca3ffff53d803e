/// Containers as instances, through Podman: made, found again after Reeve was restarted, watched, suspended, ended.
///
/// Owns: what Reeve says to Podman and how it reads the answers, the labels by which a container is ours, the record of each
/// instance (`STATE/containers`), images that were fetched, the age of logs, copies of services that somebody talks to.
/// Never: when to start, stop or restart (supervise and reconcile decide that); whether a program is well (Reeve's own probes
/// do); containers, networks and volumes without our labels.
/// Invariants: a record is on disk before an instance's container is made, and a container's name is unique at Podman, so that
/// there is one copy or none wherever Reeve is cut off; one end is reported for each run; each call has a deadline, and no call
/// waits for another one's. Calls come from the instance's lane; what happens by itself is reported on virtual threads.
@NullMarked
package reeve.run.container;

import org.jspecify.annotations.NullMarked;
