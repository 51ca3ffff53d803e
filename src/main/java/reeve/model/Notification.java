package reeve.model;

import java.time.Duration;
import java.util.Optional;

/// What a program tells by sd_notify(3).
/// @param ready    it counts as started only when it has sent `READY=1`
/// @param watchdog it must send `WATCHDOG=1` this often, else it is unhealthy; empty where it need not
public record Notification(boolean ready, Optional<Duration> watchdog) {
    public static final Notification NONE = new Notification(false, Optional.empty());

    /// Whether the program is given a socket to tell it.
    public boolean listened() {
        return ready || watchdog.isPresent();
    }
}
