package reeve.store.embedded;

import java.time.Instant;

/// Whether the store takes writes. Reads work in both states.
public sealed interface Health {
    record Writable() implements Health {}

    /// The last write failed. Each further write is tried all the same, and a probe every few seconds: the first that
    /// succeeds makes the store writable again.
    /// @param reason of the first failure
    /// @param since  the first failure
    record ReadOnly(String reason, Instant since) implements Health {}
}
