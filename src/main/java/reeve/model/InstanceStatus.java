package reeve.model;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/// What is known of one instance at a moment.
/// @param pid      of the program itself; empty where none runs
/// @param address  where it listens; empty where it has no port
/// @param restarts times it was started again after it ended or was unhealthy, since it was declared or a user started it
/// @param since    when it came into this state
/// @param reason   why it is in this state, one line
public record InstanceStatus(
        InstanceId id, NodeName node, InstanceState state, OptionalLong pid, Optional<Address> address, int restarts, Instant since,
        String reason) {}
