package reeve.sleep;

import java.time.Duration;
import reeve.model.ServiceId;

/// What the proxies of this node see of a service's requests. A port of this room, implemented by the proxy.
/// Every method returns at once and may be called on any thread.
public interface Traffic {

    /// Requests, streams and upgraded connections of a service, as counters that only grow.
    /// @param opened  since the proxy started
    /// @param closed  since the proxy started; `opened - closed` are open now
    /// @param idleFor since the last byte of the last one that closed, or since the proxy first knew the service; zero while one is open
    record Activity(long opened, long closed, Duration idleFor) {
        public long open() {
            return opened - closed;
        }
    }

    Activity activity(ServiceId service);

    /// In one indivisible step: when nothing is open, new requests are held from now on; otherwise nothing changes.
    /// @return whether requests are now held
    boolean hold(ServiceId service);

    /// Lets requests through again, those that wait and new ones. Does nothing where they are not held.
    void release(ServiceId service);

    /// Holds new requests of a service that is known to be asleep already, whatever is open (a new Reeve that found it frozen).
    void holdAlways(ServiceId service);
}
