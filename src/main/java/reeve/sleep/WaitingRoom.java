package reeve.sleep;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Elapsed;
import reeve.model.ServiceId;
import reeve.sleep.WakeGate.Outcome;
import reeve.sleep.WakeGate.Waiter;

/// The requests that wait, a line for each service, oldest first. Each leaves its line once: answered, timed out, or gone by
/// itself. Owned by the loop's thread.
final class WaitingRoom {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingRoom.class);
    /// How often a full room looks for callers that have left.
    private static final Duration SWEEP = Duration.ofSeconds(1);

    private final SleepSettings settings;
    private final Map<ServiceId, ArrayDeque<Waiting>> lines = new HashMap<>();
    private int total;
    private Optional<Elapsed> swept = Optional.empty();

    private record Waiting(Waiter waiter, Elapsed since, Elapsed until) {}

    WaitingRoom(SleepSettings settings) {
        this.settings = settings;
    }

    /// Whether the bounds let one more request wait.
    boolean hasRoom(ServiceId service, Elapsed now) {
        if (isFull(service) && swept.map(last -> now.since(last).compareTo(SWEEP) >= 0).orElse(true)) {
            swept = Optional.of(now);
            lines.values().forEach(line -> line.removeIf(waiting -> waiting.waiter.gone()));
            total = lines.values().stream().mapToInt(ArrayDeque::size).sum();
        }
        return !isFull(service);
    }

    private boolean isFull(ServiceId service) {
        return total >= settings.heldInTotal() || waiting(service) >= settings.heldPerService();
    }

    int waiting(ServiceId service) {
        ArrayDeque<Waiting> line = lines.get(service);
        return line == null ? 0 : line.size();
    }

    void join(ServiceId service, Waiter waiter, Elapsed now, Duration timeout) {
        lines.computeIfAbsent(service, _ -> new ArrayDeque<>()).add(new Waiting(waiter, now, now.plus(timeout)));
        total++;
    }

    void answerAll(ServiceId service, Outcome outcome) {
        ArrayDeque<Waiting> line = lines.remove(service);
        if (line != null) {
            total -= line.size();
            line.forEach(waiting -> answer(waiting.waiter, outcome));
        }
    }

    void answerEverybody(Outcome outcome) {
        Map.copyOf(lines).keySet().forEach(service -> answerAll(service, outcome));
    }

    /// Answers those at the head of the line that waited too long. After `wake_timeout` was shortened, one may wait behind an
    /// older one that was promised more.
    void expire(ServiceId service, Elapsed now) {
        ArrayDeque<Waiting> line = lines.getOrDefault(service, new ArrayDeque<>());
        for (Waiting first = line.peek(); first != null && now.reached(first.until); first = line.peek()) {
            line.poll();
            total--;
            answer(first.waiter, new Outcome.TimedOut(now.since(first.since)));
        }
    }

    Optional<Elapsed> nextExpiry(ServiceId service) {
        return Optional.ofNullable(lines.get(service)).map(ArrayDeque::peek).map(Waiting::until);
    }

    /// Tells a waiter, unless its caller has left.
    static void answer(Waiter waiter, Outcome outcome) {
        if (waiter.gone()) {
            return;
        }
        try {
            waiter.done(outcome);
        } catch (RuntimeException e) {
            LOG.error("cannot answer a waiting request: outcome={}", outcome, e); // the others must still be answered
        }
    }
}
