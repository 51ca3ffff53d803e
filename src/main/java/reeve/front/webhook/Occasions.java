package reeve.front.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import reeve.base.journal.Journal;
import reeve.model.Webhook.Occasion;

/// Which entries of the journal are worth telling. Pure.
///
/// | instance \ entry | falls (`backing_off`, `conflict`) | `failed` | `running` | `done` | stopped on purpose | settled |
/// |---|---|---|---|---|---|---|
/// | none, Restless | Restless; with the 5th fall in 10 min told, Failing | told, Failing | same | none | none | - |
/// | Failing | same | same | Recovering, 30 s | told, none | none | - |
/// | Recovering | Failing | Failing | same | told, none | none | told, none |
///
/// What goes down and comes up again all the time is told once, and its recovery only when it lasts.
final class Occasions {
    static final int FALLS = 5;
    static final Duration WINDOW = Duration.ofMinutes(10);
    static final Duration LASTS = Duration.ofSeconds(30);
    private static final int MOST_INSTANCES = 10_000;

    private Occasions() {}

    sealed interface State {
        /// @param falls when it went down of late, oldest first
        record Restless(List<Instant> falls) implements State {}

        /// It was told.
        record Failing() implements State {}

        /// @param running the entry that says so; its number tells this recovery from others
        record Recovering(Journal.Entry running) implements State {}
    }

    sealed interface Event {
        record Written(Journal.Entry entry) implements Event {}

        /// @param number of the entry since which it ran
        record Settled(String instance, long number) implements Event {}
    }

    sealed interface Effect {
        record Tell(Notice notice) implements Effect {}

        /// Send [Event.Settled] after the delay.
        record SetTimer(String instance, long number, Duration delay) implements Effect {}
    }

    /// @param states of instances that are in trouble, by id
    record Step(Map<String, State> states, Optional<Effect> effect) {
        Step {
            states = Collections.unmodifiableMap(states);
        }
    }

    static Step decide(Map<String, State> states, Event event) {
        return switch (event) {
            case Event.Written(Journal.Entry entry) -> isInstance(entry.subject()) ? ofInstance(states, entry) : ofApp(states, entry);
            case Event.Settled(String instance, long number) ->
                states.get(instance) instanceof State.Recovering(Journal.Entry running) && running.number() == number
                        ? told(without(states, instance), Occasion.RECOVERED, running) : same(states);
        };
    }

    private static boolean isInstance(String subject) {
        return subject.chars().filter(c -> c == '/').count() == 2;
    }

    private static Step ofApp(Map<String, State> states, Journal.Entry entry) {
        return switch (entry.what()) {
            case "deployed" -> told(states, Occasion.DEPLOYED, entry);
            case "deploy_failed", "rolled_back", "incident" -> told(states, Occasion.FAILED, entry);
            default -> same(states);
        };
    }

    private static Step ofInstance(Map<String, State> states, Journal.Entry entry) {
        State state = states.getOrDefault(entry.subject(), new State.Restless(List.of()));
        return switch (entry.what()) {
            case "backing_off", "conflict" -> switch (state) {
                case State.Restless(List<Instant> falls) -> fallen(states, entry, falls);
                case State.Failing _ -> same(states);
                case State.Recovering _ -> new Step(with(states, entry.subject(), new State.Failing()), Optional.empty());
            };
            case "failed" -> switch (state) {
                case State.Restless _ -> told(with(states, entry.subject(), new State.Failing()), Occasion.FAILED, entry);
                case State.Failing _ -> same(states);
                case State.Recovering _ -> new Step(with(states, entry.subject(), new State.Failing()), Optional.empty());
            };
            case "running" -> switch (state) {
                case State.Restless _, State.Recovering _ -> same(states);
                case State.Failing _ -> new Step(with(states, entry.subject(), new State.Recovering(entry)),
                        Optional.of(new Effect.SetTimer(entry.subject(), entry.number(), LASTS)));
            };
            case "done" -> switch (state) {
                case State.Restless _ -> new Step(without(states, entry.subject()), Optional.empty());
                case State.Failing _, State.Recovering _ -> told(without(states, entry.subject()), Occasion.RECOVERED, entry);
            };
            case "stopped", "disabled" -> new Step(without(states, entry.subject()), Optional.empty());
            default -> same(states);
        };
    }

    private static Step fallen(Map<String, State> states, Journal.Entry entry, List<Instant> falls) {
        Instant from = entry.at().minus(WINDOW);
        List<Instant> recent = Stream.concat(falls.stream().filter(fall -> !fall.isBefore(from)), Stream.of(entry.at())).toList();
        return recent.size() < FALLS ? new Step(with(states, entry.subject(), new State.Restless(recent)), Optional.empty())
                : told(with(states, entry.subject(), new State.Failing()), Occasion.FAILED, entry);
    }

    private static Step told(Map<String, State> states, Occasion occasion, Journal.Entry entry) {
        return new Step(states, Optional.of(new Effect.Tell(new Notice(occasion, entry))));
    }

    private static Step same(Map<String, State> states) {
        return new Step(states, Optional.empty());
    }

    /// Where too many are in trouble at once, one that was not told yet makes room.
    private static Map<String, State> with(Map<String, State> states, String instance, State state) {
        var next = new HashMap<>(states);
        if (next.size() >= MOST_INSTANCES && !next.containsKey(instance)) {
            List<String> known = List.copyOf(next.keySet());
            next.remove(known.stream().filter(id -> next.get(id) instanceof State.Restless).findAny().orElse(known.getFirst()));
        }
        next.put(instance, state);
        return next;
    }

    private static Map<String, State> without(Map<String, State> states, String instance) {
        var next = new HashMap<>(states);
        next.remove(instance);
        return next;
    }
}
