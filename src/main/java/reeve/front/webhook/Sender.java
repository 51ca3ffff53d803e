package reeve.front.webhook;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Backoff;
import reeve.base.Counters;
import reeve.base.Jitter;
import reeve.base.Mailbox;
import reeve.base.Metric;
import reeve.base.Time;
import reeve.base.journal.Journal;
import reeve.model.Webhook;
import reeve.model.wire.WebhookBody;
import reeve.model.wire.WireJson;

/// Tells one receiver, one notice after the other: each is tried until it is delivered, refused, or was tried often enough.
final class Sender implements AutoCloseable {
    static final Metric DELIVERIES = Metric.of("reeve_webhook_deliveries_total",
            "Notices to webhooks, by outcome: delivered, failed (tried again), given_up, dropped (too many waited).", "host", "outcome");
    static final int MOST_WAITING = 100;
    static final int MOST_ATTEMPTS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));

    private final Webhook to;
    private final String node;
    private final Delivery delivery;
    private final Journal journal;
    private final Counters counters;
    private final Time time;
    private final Jitter jitter;
    private final WireJson json = WireJson.strict();
    private final Mailbox<Message> mailbox;
    private final Deque<Notice> waiting = new ArrayDeque<>();
    private int attempts;

    private sealed interface Message {
        record Tell(Notice notice) implements Message {}

        record Again() implements Message {}
    }

    Sender(Webhook to, String node, Delivery delivery, Journal journal, Counters counters, Time time, Jitter jitter) {
        this.to = to;
        this.node = node;
        this.delivery = delivery;
        this.journal = journal;
        this.counters = counters;
        this.time = time;
        this.jitter = jitter;
        this.mailbox = new Mailbox<>("webhook " + to.name(), MOST_WAITING);
    }

    void start() {
        mailbox.start(this::handle);
    }

    /// Never waits.
    void tell(Notice notice) {
        if (to.on().contains(notice.occasion()) && !mailbox.offer(new Message.Tell(notice))) {
            dropped(notice);
        }
    }

    private void handle(Message message) {
        switch (message) {
            case Message.Tell(Notice notice) -> {
                if (waiting.size() >= MOST_WAITING) {
                    dropped(notice);
                    return;
                }
                waiting.addLast(notice);
                if (attempts == 0) { // else the first is waiting for its next attempt, and this one for its turn
                    send();
                }
            }
            case Message.Again() -> send();
        }
    }

    private void send() {
        for (Notice notice = waiting.peekFirst(); notice != null; notice = waiting.peekFirst()) {
            switch (delivery.deliver(to, notice.occasion().word(), body(notice))) {
                case Delivery.Outcome.Delivered() -> {
                    count("delivered");
                    done();
                }
                case Delivery.Outcome.Refused(String reason) -> giveUp(notice, reason);
                case Delivery.Outcome.Failed(String reason) -> {
                    attempts++;
                    if (attempts < MOST_ATTEMPTS) {
                        count("failed");
                        LOG.info("webhook failed: host={} attempt={} reason={}", to.name(), attempts, reason);
                        time.after(BACKOFF.delay(attempts - 1, jitter.next()), () -> mailbox.offer(new Message.Again()));
                        return;
                    }
                    giveUp(notice, reason);
                }
            }
        }
    }

    private byte[] body(Notice notice) {
        Journal.Entry entry = notice.entry();
        return json.bytes(new WebhookBody(notice.occasion().word(), node, entry.number(), entry.at(), entry.subject(), entry.what(),
                entry.why(), entry.facts()));
    }

    private void giveUp(Notice notice, String reason) {
        count("given_up");
        LOG.warn("webhook gave up: host={} subject={} reason={}", to.name(), notice.entry().subject(), reason);
        journal.append(node, "webhook_failed", "cannot tell " + to.name() + " that " + notice.entry().subject() + " "
                + notice.occasion().word() + ": " + reason, Map.of("entry", String.valueOf(notice.entry().number())));
        done();
    }

    private void done() {
        waiting.removeFirst();
        attempts = 0;
    }

    private void dropped(Notice notice) {
        count("dropped");
        LOG.warn("webhook dropped, too many wait: host={} subject={}", to.name(), notice.entry().subject());
    }

    private void count(String outcome) {
        counters.add(DELIVERIES, to.name(), outcome);
    }

    /// What waits is lost.
    @Override
    public void close() {
        mailbox.close();
    }
}
