package reeve.run.reconcile;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import reeve.model.Address;
import reeve.model.InstanceId;
import reeve.model.NodeFacts;

/// What templates are filled in from.
/// @param ports    the port of each instance that has one
/// @param proxy    where this node's proxy listens; empty where it serves nothing
/// @param javaHome the Java runtime Reeve runs on
/// @param held     why nothing is started or stopped yet: what runs goes on, what does not waits; empty once passes are made
record Surroundings(NodeFacts facts, Map<InstanceId, Integer> ports, Optional<Address> proxy, String javaHome, Optional<String> held) {
    Surroundings {
        ports = Map.copyOf(ports);
    }

    Surroundings(NodeFacts facts, Map<InstanceId, Integer> ports, Optional<Address> proxy, String javaHome) {
        this(facts, ports, proxy, javaHome, Optional.empty());
    }

    Surroundings withPorts(Map<InstanceId, Integer> next) {
        return new Surroundings(facts, next, proxy, javaHome, held);
    }

    Surroundings withFacts(NodeFacts next) {
        return new Surroundings(next, ports, proxy, javaHome, held);
    }

    Surroundings withProxy(Address next) {
        return new Surroundings(facts, ports, Optional.of(next), javaHome, held);
    }

    Surroundings withHeld(Optional<String> next) {
        return new Surroundings(facts, ports, proxy, javaHome, next);
    }

    Surroundings withoutPort(InstanceId id) {
        var left = new HashMap<>(ports);
        left.remove(id);
        return withPorts(left);
    }
}
