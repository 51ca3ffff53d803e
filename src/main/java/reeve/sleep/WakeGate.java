package reeve.sleep;

import java.time.Duration;
import reeve.model.ServiceId;

/// Where a request waits for a sleeping service. The proxy calls it when it finds the service held; it never calls reconcile.
public interface WakeGate {

    /// Asks for the service to be awake and for the waiter to be told, exactly once. Returns at once; safe on an event loop.
    void await(ServiceId service, Waiter waiter);

    /// A request that waits. Called on any thread; must return at once.
    interface Waiter {
        void done(Outcome outcome);

        /// Whether the caller is still there; one that left is dropped, its wake goes on.
        boolean gone();
    }

    /// How a wait ends.
    sealed interface Outcome {
        /// The service is awake: look it up in the current route table and pass [Traffic]'s gate again, which a moment later may be
        /// held once more.
        record Awake() implements Outcome {}

        /// The wake failed. HTTP 503.
        record Failed(String reason, Duration retryAfter) implements Outcome {}

        /// The service's wake timeout passed; its wake goes on. HTTP 504.
        record TimedOut(Duration waited) implements Outcome {}

        /// Too many requests wait already. HTTP 503.
        record Refused(Duration retryAfter) implements Outcome {}
    }
}
