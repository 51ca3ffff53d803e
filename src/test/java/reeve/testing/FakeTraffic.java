package reeve.testing;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import reeve.base.Elapsed;
import reeve.base.Time;
import reeve.model.ServiceId;
import reeve.sleep.Traffic;

/// A proxy's gate in memory: counts what is open, holds what it was told to hold.
public final class FakeTraffic implements Traffic {
    private final Time time;
    private final Map<ServiceId, Gate> gates = new HashMap<>();

    private static final class Gate {
        long opened;
        long closed;
        boolean held;
        Elapsed lastByte;

        Gate(Elapsed first) {
            this.lastByte = first;
        }
    }

    public FakeTraffic(Time time) {
        this.time = time;
    }

    private Gate gate(ServiceId service) {
        return gates.computeIfAbsent(service, _ -> new Gate(time.elapsed()));
    }

    /// A request arrives.
    /// @return whether it passed and is open now; otherwise it is held
    public synchronized boolean enter(ServiceId service) {
        Gate gate = gate(service);
        if (!gate.held) {
            gate.opened++;
        }
        return !gate.held;
    }

    /// A request that passed ends.
    public synchronized void leave(ServiceId service) {
        Gate gate = gate(service);
        gate.closed++;
        gate.lastByte = time.elapsed();
    }

    public synchronized boolean held(ServiceId service) {
        return gate(service).held;
    }

    @Override
    public synchronized Activity activity(ServiceId service) {
        Gate gate = gate(service);
        Duration idleFor = gate.opened > gate.closed ? Duration.ZERO : time.elapsed().since(gate.lastByte);
        return new Activity(gate.opened, gate.closed, idleFor);
    }

    @Override
    public synchronized boolean hold(ServiceId service) {
        Gate gate = gate(service);
        gate.held |= gate.opened == gate.closed;
        return gate.held;
    }

    @Override
    public synchronized void release(ServiceId service) {
        gate(service).held = false;
    }

    @Override
    public synchronized void holdAlways(ServiceId service) {
        gate(service).held = true;
    }
}
