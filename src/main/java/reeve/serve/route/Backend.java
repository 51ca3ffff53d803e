package reeve.serve.route;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import reeve.model.Address;
import reeve.model.Balance;
import reeve.model.InstanceId;

/// Where requests are sent: an instance or an external address, with the number of requests it is working on.
/// The same object serves every table published while it is known, so its count lives through route changes, and pools of
/// connections can be kept by it. Any thread.
public final class Backend {
    private final Address address;
    private final Optional<InstanceId> instance;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicReference<Standing> standing = new AtomicReference<>(Standing.WELL);
    private final long grace;
    private volatile boolean ready;
    private volatile boolean routed = true;
    private volatile long unrouted;
    private volatile boolean comes;
    private volatile long came;

    /// @param grace what is open there goes on for, once no route leads to it
    Backend(Key key, Duration grace) {
        this.address = key.address;
        this.instance = key.instance;
        this.grace = grace.toNanos();
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

    /// @param most 0 for any number
    /// @return false where it works on so many already
    boolean begin(int most) {
        if (most == 0) {
            begin();
            return true;
        }
        int now = inFlight.get();
        while (now < most) {
            if (inFlight.compareAndSet(now, now + 1)) {
                return true;
            }
            now = inFlight.get();
        }
        return false;
    }

    public void end() {
        inFlight.getAndDecrement();
    }

    Standing standing() {
        return standing.get();
    }

    /// @return whether it is ejected by this very failure
    boolean failed(Balance.Ejection policy, boolean allowed, long now) {
        Standing before = standing.get();
        Standing after = before.failed(policy, allowed, now);
        return standing.compareAndSet(before, after) && after.spells() > before.spells();
    }

    void succeeded(Balance.Ejection policy, long now) {
        Standing before = standing.get();
        if (before != Standing.WELL) { // where two threads meet, one of them is late anyway
            standing.compareAndSet(before, before.succeeded(policy, now));
        }
    }

    /// Told with each table whether it takes requests in it.
    void ready(boolean now) {
        comes |= now && !ready;
        ready = now;
    }

    /// Told whether any route leads to it.
    void routed(boolean now) {
        unrouted = 0;
        routed = now;
    }

    /// Whether what is still open there is to end: no route has led to it for longer than its grace, which begins when this is first asked.
    public boolean isOver(long now) {
        if (routed) {
            return false;
        }
        long since = unrouted;
        if (since == 0) {
            unrouted = now == 0 ? 1 : now;
            return grace == 0;
        }
        return now - since >= grace;
    }

    boolean isReady() {
        return ready;
    }

    /// When it last came, or came back: what slow start counts from. Only a reader that knows the time can say when it came.
    long since(long now) {
        if (comes) {
            comes = false;
            came = now;
        }
        Standing seen = standing.get();
        return seen.spells() > 0 && seen.until() - came > 0 ? seen.until() : came;
    }

    @Override
    public String toString() {
        return instance.map(i -> i + " at " + address).orElseGet(address::toString);
    }
}
