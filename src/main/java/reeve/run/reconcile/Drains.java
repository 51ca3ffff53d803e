package reeve.run.reconcile;

import java.time.Duration;
import reeve.model.InstanceId;

/// Knows when an instance has no requests any more. A port of this room, joined to the proxy in `Wiring`.
@FunctionalInterface
public interface Drains {
    /// For a node that serves nothing.
    Drains NONE = (instance, limit) -> {};

    /// Blocks until no request, stream or websocket of the instance is open, at most as long as the limit. Called when no table of
    /// routes names the instance as a target any more.
    void await(InstanceId instance, Duration limit);
}
