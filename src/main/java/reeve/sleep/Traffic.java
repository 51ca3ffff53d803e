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
    /// @param unconfirmed proxies that may serve it and have not confirmed yet that they hold its requests, where they shall
    record Activity(long opened, long closed, Duration idleFor, int unconfirmed) {
        public Activity(long opened, long closed, Duration idleFor) {
            this(opened, closed, idleFor, 0);
        }

        public long open() {
            return opened - closed;
        }
    }

    Activity activity(ServiceId service);

    /// In one indivisible step: when nothing is open, new requests are held from now on; otherwise nothing changes. A proxy outside this
    /// process does so later, and may find something open then: [Activity#unconfirmed] tells, and [Activity#opened].
    /// @return whether requests are now held
    boolean hold(ServiceId service);

    /// Lets requests through again, those that wait and new ones. Does nothing where they are not held.
    void release(ServiceId service);

    /// Holds new requests of a service that is known to be asleep already, whatever is open (a new Reeve that found it frozen).
    void holdAlways(ServiceId service);
}
