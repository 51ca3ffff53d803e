package reeve.base;

import java.time.Instant;

/// Both clocks as of one event, read once by the loop that handles it.
/// @param wall    for stamps that people see or the store keeps
/// @param elapsed for deadlines
public record Now(Instant wall, Elapsed elapsed) {}
