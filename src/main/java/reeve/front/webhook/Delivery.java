package reeve.front.webhook;

import reeve.model.Webhook;

/// Sends one notice once. Blocks for as long as the webhook's timeout; never throws for what the other side does.
@FunctionalInterface
interface Delivery {

    Outcome deliver(Webhook to, String event, byte[] body);

    /// How it went. Reasons hold nothing of the URL but its host.
    sealed interface Outcome {
        record Delivered() implements Outcome {}

        /// It may go better later.
        record Failed(String reason) implements Outcome {}

        /// Sending it again would change nothing.
        record Refused(String reason) implements Outcome {}
    }
}
