package reeve.front.api;

import java.util.Optional;
import reeve.model.ServiceId;

/// Where people ask for sleep and for a wake. A port of this room; may wait for the sleep room's loop, for a bounded time.
public interface SleepDesk {

    /// @return empty when accepted: it will be asleep soon; otherwise what keeps it awake
    Optional<String> askSleep(ServiceId service);

    /// @param why for the journal
    /// @return empty when accepted; otherwise why it cannot wake
    Optional<String> askWake(ServiceId service, String why);

    /// One line on where the service stands; empty for one that never sleeps.
    Optional<String> status(ServiceId service);
}
