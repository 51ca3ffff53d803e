package reeve.sleep;

import java.util.concurrent.CompletableFuture;
import reeve.model.ServiceId;
import reeve.model.SleepSpec;

/// What lies in this room's mailbox.
sealed interface Message {
    ServiceId service();

    record Declared(ServiceId service, SleepSpec.WhenIdle spec) implements Message {}

    record Seen(ServiceId service, Observed what) implements Message {}

    record Forgotten(ServiceId service) implements Message {}

    record Request(ServiceId service, WakeGate.Waiter waiter) implements Message {}

    record SleepAsked(ServiceId service, CompletableFuture<Asked> reply) implements Message {}

    record WakeAsked(ServiceId service, String why, CompletableFuture<Asked> reply) implements Message {}

    /// The service's timer fired.
    record TimerFired(ServiceId service) implements Message {}

    /// The request that waits longest for the service may have waited too long.
    record WaitOver(ServiceId service) implements Message {}
}
