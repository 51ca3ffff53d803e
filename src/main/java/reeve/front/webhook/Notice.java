package reeve.front.webhook;

import reeve.base.journal.Journal;
import reeve.model.Webhook;

/// Something worth telling.
/// @param entry what was written in the journal when it came about
record Notice(Webhook.Occasion occasion, Journal.Entry entry) {}
