package reeve.front.webhook;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import reeve.base.Closer;
import reeve.base.Counters;
import reeve.base.Jitter;
import reeve.base.Mailbox;
import reeve.base.Metric;
import reeve.base.Time;
import reeve.base.journal.Journal;
import reeve.model.Address;
import reeve.model.NodeName;
import reeve.model.Webhook;

/// Follows the journal and tells receivers what is worth telling. The loop of this room.
public final class Webhooks implements AutoCloseable {
    /// What is counted here.
    public static final Metric DELIVERIES = Sender.DELIVERIES;

    private static final int MOST_EVENTS = 1024;

    private final List<Sender> senders;
    private final Journal journal;
    private final Time time;
    private final Mailbox<Occasions.Event> mailbox = new Mailbox<>("webhooks", MOST_EVENTS);
    private final Closer closer = new Closer();
    private Map<String, Occasions.State> states = Map.of();

    /// @param admin where this node's own API listens: nothing is ever sent there
    public Webhooks(List<Webhook> to, NodeName node, Supplier<Optional<Address>> admin, Journal journal, Counters counters, Time time,
            Jitter jitter) {
        this(to, node, new HttpDelivery(time, admin), journal, counters, time, jitter);
    }

    Webhooks(List<Webhook> to, NodeName node, Delivery delivery, Journal journal, Counters counters, Time time, Jitter jitter) {
        this.journal = journal;
        this.time = time;
        this.senders = to.stream().map(one -> new Sender(one, node.value(), delivery, journal, counters, time, jitter)).toList();
    }

    /// Tells of what is written from now on. Does nothing where nobody is to be told.
    public void start() {
        if (senders.isEmpty()) {
            return;
        }
        senders.forEach(sender -> {
            closer.register(sender);
            sender.start();
        });
        closer.register(mailbox);
        mailbox.start(this::handle);
        closer.register(journal.follow(entry -> mailbox.offer(new Occasions.Event.Written(entry))));
    }

    private void handle(Occasions.Event event) {
        Occasions.Step step = Occasions.decide(states, event);
        states = step.states();
        step.effect().ifPresent(effect -> {
            switch (effect) {
                case Occasions.Effect.Tell(Notice notice) -> senders.forEach(sender -> sender.tell(notice));
                case Occasions.Effect.SetTimer(String instance, long number, var delay) ->
                        time.after(delay, () -> mailbox.offer(new Occasions.Event.Settled(instance, number)));
            }
        });
    }

    @Override
    public void close() {
        closer.close();
    }
}
