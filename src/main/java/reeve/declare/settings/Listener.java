package reeve.declare.settings;

import reeve.model.Address;

/// Where Reeve listens for TCP connections.
/// @param nextFree whether the next free port is taken where this one is not: only for an address that nobody chose
public record Listener(Address address, boolean nextFree) {}
