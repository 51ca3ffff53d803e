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
record Surroundings(NodeFacts facts, Map<InstanceId, Integer> ports, Optional<Address> proxy, String javaHome) {
    Surroundings {
        ports = Map.copyOf(ports);
    }

    Surroundings withPorts(Map<InstanceId, Integer> next) {
        return new Surroundings(facts, next, proxy, javaHome);
    }

    Surroundings withoutPort(InstanceId id) {
        var left = new HashMap<>(ports);
        left.remove(id);
        return withPorts(left);
    }
}
