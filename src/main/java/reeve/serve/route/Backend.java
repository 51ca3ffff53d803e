package reeve.serve.route;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import reeve.model.Address;
import reeve.model.InstanceId;

/// Where requests are sent: an instance or an external address, with the number of requests it is working on.
/// The same object serves every table published while it is known, so its count lives through route changes, and pools of
/// connections can be kept by it. Any thread.
public final class Backend {
    private final Address address;
    private final Optional<InstanceId> instance;
    private final AtomicInteger inFlight = new AtomicInteger();

    Backend(Key key) {
        this.address = key.address;
        this.instance = key.instance;
    }

    /// What makes two declarations the same backend.
    record Key(Optional<InstanceId> instance, Address address) {
        static Key of(Route.Target target) {
            return new Key(Optional.of(target.instance()), target.address());
        }

        static Key of(Address external) {
            return new Key(Optional.empty(), external);
        }
    }

    Key key() {
        return new Key(instance, address);
    }

    public Address address() {
        return address;
    }

    /// Empty for an external backend.
    public Optional<InstanceId> instance() {
        return instance;
    }

    /// Requests sent to it that have not ended, tunnels among them.
    public int inFlight() {
        return inFlight.get();
    }

    public void begin() {
        inFlight.getAndIncrement();
    }

    public void end() {
        inFlight.getAndDecrement();
    }

    @Override
    public String toString() {
        return instance.map(i -> i + " at " + address).orElseGet(address::toString);
    }
}
