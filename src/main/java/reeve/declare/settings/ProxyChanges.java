package reeve.declare.settings;

import java.time.Duration;

/// What the proxy does when something around it changes.
/// @param upgradeGrace for what is open to end by itself, where a new Reeve has taken over
/// @param removedGrace for what is open at a backend that no route leads to any more
/// @param sharedPort   whether proxies in other processes may listen on the same addresses
public record ProxyChanges(Duration upgradeGrace, Duration removedGrace, boolean sharedPort) {}
