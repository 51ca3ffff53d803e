package reeve.front.client;

import java.util.Optional;

/// Lines that arrive while they come into being. One thread reads; any may close, which ends the reading.
public interface Lines extends AutoCloseable {

    /// Waits for the next one.
    /// @return empty when there will be no more: the node ended them, or it went away
    Optional<String> next();

    @Override
    void close();
}
