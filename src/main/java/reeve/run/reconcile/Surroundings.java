package reeve.run.reconcile;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import reeve.model.Address;
import reeve.model.InstanceId;
import reeve.model.NodeFacts;

/// What templates are filled in from.
/// @param ports    the port of each instance that has one
/// @param inputs   the files that declared services are started with, as they were when last looked at
/// @param proxy    where this node's proxy listens; empty where it serves nothing
/// @param javaHome the Java runtime Reeve runs on
/// @param held     why nothing is started or stopped yet: what runs goes on, what does not waits; empty once passes are made
record Surroundings(
        NodeFacts facts,
        Map<InstanceId, Integer> ports,
        Map<Path, Input> inputs,
        Optional<Address> proxy,
        String javaHome,
        Optional<String> held) {
    Surroundings {
        ports = Map.copyOf(ports);
        inputs = Map.copyOf(inputs);
    }

    /// A file that a service is started with.
    sealed interface Input {
        /// @param fingerprint differs when the content does, and does not reveal it
        record Content(String fingerprint) implements Input {}

        /// There is none: what needs it is stopped, with an error.
        record Absent() implements Input {}

        /// It cannot be read or understood just now: what needs it is left alone.
        record Unreadable(String reason) implements Input {}
    }

    Surroundings withFacts(NodeFacts next) {
        return new Surroundings(next, ports, inputs, proxy, javaHome, held);
    }

    Surroundings(NodeFacts facts, String javaHome) {
        this(facts, Map.of(), Map.of(), Optional.empty(), javaHome, Optional.empty());
    }

    Surroundings withPorts(Map<InstanceId, Integer> next) {
        return new Surroundings(facts, next, inputs, proxy, javaHome, held);
    }

    Surroundings withInputs(Map<Path, Input> next) {
        return new Surroundings(facts, ports, next, proxy, javaHome, held);
    }

    Surroundings withProxy(Address next) {
        return new Surroundings(facts, ports, inputs, Optional.of(next), javaHome, held);
    }

    Surroundings withHeld(Optional<String> next) {
        return new Surroundings(facts, ports, inputs, proxy, javaHome, next);
    }

    Surroundings withoutPort(InstanceId id) {
        var left = new HashMap<>(ports);
        left.remove(id);
        return withPorts(left);
    }
}
