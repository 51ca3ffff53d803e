package reeve.run.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import reeve.base.Time;

/// Tells the loop when a set time may have come. Of the loop's thread.
final class Alarm {
    private final NodeInbox inbox;
    private final Time time;
    private Optional<Instant> set = Optional.empty();
    private Runnable cancel = () -> {};

    Alarm(NodeInbox inbox, Time time) {
        this.inbox = inbox;
        this.time = time;
    }

    /// @param handled what the loop has handled just now
    /// @param next    when to look next
    void set(NodeEvent handled, Optional<Instant> next) {
        if (next.equals(set) && !(handled instanceof NodeEvent.TimesCame)) {
            return; // after one that rang, it is set again even for the same time: the clocks may differ a little
        }
        cancel.run();
        set = next;
        cancel = next.map(this::ring).orElse(() -> {});
    }

    private Runnable ring(Instant at) {
        Duration delay = Duration.between(time.wall(), at);
        return time.after(delay.isNegative() ? Duration.ZERO : delay, () -> inbox.post(new NodeEvent.TimesCame()));
    }
}
