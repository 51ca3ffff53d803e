package reeve.sleep;

import java.time.Duration;
import java.time.Instant;
import reeve.model.ServiceId;

/// What `explain` tells of one service's sleep.
/// @param state   `busy`, `awake`, `falling_asleep`, `asleep`, `waking`, `backing_off` or `down`
/// @param since   when it came into this state
/// @param because one line: what brought it here, or what keeps it awake
/// @param open    requests open now
/// @param idleFor since the last byte of the last request, zero while one is open
/// @param waiting requests held until it is awake
public record SleepStatus(ServiceId service, String state, Instant since, String because, long open, Duration idleFor, int waiting) {}
