package reeve.run.reconcile;

import java.time.Duration;
import reeve.base.Elapsed;

/// A new revision of an app that must prove itself, or it is taken back.
/// @param revision that is being deployed
/// @param deadline when it must be up
/// @param timeout  how long it was given
record Deploy(int revision, Elapsed deadline, Duration timeout) {}
