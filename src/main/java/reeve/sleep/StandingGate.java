package reeve.sleep;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import reeve.model.ServiceId;

/// A gate that stays where it is while who answers behind it changes: those who wait are asked for anew at the next one, and
/// learn nothing of it. For a proxy that outlives the control plane it began with. Any thread; never blocks.
public final class StandingGate implements WakeGate, AutoCloseable {
    private static final Outcome ENDS = new Outcome.Failed("Reeve is shutting down", SleepPolicy.RETRY_LATER);
    private static final WakeGate NOBODY = (_, _) -> {}; // the next one is asked
    private static final WakeGate CLOSED = (_, waiter) -> WaitingRoom.answer(waiter, ENDS);

    private final int most;
    private final Set<Held> waiting = ConcurrentHashMap.newKeySet();
    private volatile WakeGate behind = NOBODY;

    /// @param most requests that may wait at a time; more are refused
    public StandingGate(int most) {
        this.most = most;
    }

    /// From now on this one answers, also those who wait already.
    public void open(WakeGate next) {
        behind = next;
        waiting.forEach(held -> held.ask(next));
    }

    /// Nobody answers until the next one opens; what the one before still says is not heard.
    public void shut() {
        open(NOBODY);
    }

    @Override
    public void await(ServiceId service, Waiter waiter) {
        if (waiting.size() >= most) {
            WaitingRoom.answer(waiter, new Outcome.Refused(SleepPolicy.RETRY_LATER));
            return;
        }
        var held = new Held(service, waiter);
        waiting.add(held);
        WakeGate asked;
        do { // added first: whoever is behind last is asked last, by this or by open()
            asked = behind;
            held.ask(asked);
        } while (asked != behind);
    }

    /// Requests that wait now.
    public int waiting() {
        return waiting.size();
    }

    /// Answers all who wait, and all who come.
    @Override
    public void close() {
        open(CLOSED);
    }

    private final class Held {
        private final ServiceId service;
        private final Waiter waiter;
        private final AtomicReference<WakeGate> asked = new AtomicReference<>(NOBODY);

        Held(ServiceId service, Waiter waiter) {
            this.service = service;
            this.waiter = waiter;
        }

        void ask(WakeGate gate) {
            if (asked.getAndSet(gate) != gate) {
                gate.await(service, new Question(this, gate));
            }
        }
    }

    /// One asking, of one gate.
    private final class Question implements Waiter {
        private final Held held;
        private final WakeGate gate;

        Question(Held held, WakeGate gate) {
            this.held = held;
            this.gate = gate;
        }

        @Override
        public void done(Outcome outcome) {
            if (held.asked.get() == gate && waiting.remove(held)) {
                held.waiter.done(outcome);
            }
        }

        /// Whoever asks drops it when it has gone, without an answer.
        @Override
        public boolean gone() {
            boolean left = held.waiter.gone();
            if (left) {
                waiting.remove(held);
            }
            return left || held.asked.get() != gate;
        }
    }
}
