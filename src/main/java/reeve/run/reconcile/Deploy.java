package reeve.run.reconcile;

import java.time.Duration;
import java.util.Set;
import reeve.base.Elapsed;
import reeve.model.InstanceId;

/// A new revision of an app that must prove itself, or it is taken back.
/// @param revision that is being deployed
/// @param deadline when it must be up
/// @param timeout  how long it was given
/// @param troubled instances that it does not change and that were not well before: it is not judged by them
record Deploy(int revision, Elapsed deadline, Duration timeout, Set<InstanceId> troubled) {
    Deploy(int revision, Elapsed deadline, Duration timeout) {
        this(revision, deadline, timeout, Set.of());
    }

    Deploy besides(Set<InstanceId> troubles) {
        return new Deploy(revision, deadline, timeout, Set.copyOf(troubles));
    }
}
