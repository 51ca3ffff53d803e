package reeve.run.reconcile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import reeve.base.Durations;
import reeve.base.Elapsed;
import reeve.model.InstanceId;
import reeve.model.ServiceId;

/// Holds restarts back when many services of a node fail at once: then something that they share is broken, and starting all of
/// them again and again makes it worse. One incident is written instead of many, and after a pause one is tried at a time. Pure.
///
/// | state \ event | Fell | Due | CameUp | Left | TimerFired |
/// |---|---|---|---|---|---|
/// | Closed | Closed; with the last of so many: Open, incident | starts | same | same | same |
/// | Open | same | waits | same | waits no longer | Trying, the first that waits starts |
/// | Trying, nobody | same | it starts, as the trial | same | same | same |
/// | Trying, one | the trial: next | waits | the trial: timer | the trial: next | up: Closed, all that wait start; else next |
///
/// *Next*: the first that waits starts, as the trial; nobody where none waits. A timer of an earlier turn means nothing. What a user
/// starts does not ask here.
final class Breaker {
    /// So many services, and at least half of those that ran.
    static final int SERVICES = 5;
    static final Duration WINDOW = Duration.ofSeconds(30);
    static final Duration COOL_OFF = Duration.ofSeconds(60);

    /// A run that did not live this long says nothing about the node, and one that does has made it.
    static final Duration LIVES = Duration.ofSeconds(10);

    private Breaker() {}

    sealed interface State {
        /// Restarts go their way.
        /// @param falls of late, the last one of each service, oldest first
        record Closed(Map<ServiceId, Fall> falls) implements State {
            static final Closed CALM = new Closed(Map.of());

            public Closed {
                falls = Collections.unmodifiableMap(new LinkedHashMap<>(falls));
            }
        }

        /// Nothing is restarted until the timer of this turn.
        record Open(long turn, SequencedSet<InstanceId> waiting) implements State {
            public Open {
                waiting = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(waiting));
            }
        }

        /// One is restarted at a time.
        /// @param turn of the timer that decides about the trial
        record Trying(long turn, Optional<Trial> trial, SequencedSet<InstanceId> waiting) implements State {
            public Trying {
                waiting = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(waiting));
            }
        }
    }

    /// @param up whether it runs and is healthy
    record Trial(InstanceId id, boolean up) {}

    /// @param dependsOn services of its app that it declares to need
    record Fall(Elapsed at, InstanceId id, String reason, Set<ServiceId> dependsOn) {
        public Fall {
            dependsOn = Set.copyOf(dependsOn);
        }
    }

    sealed interface Event {
        /// A run ended by itself, or was ended because it was unhealthy, or a trial could not be started.
        /// @param lived   zero where it could not be started
        /// @param running services that still have an instance up
        record Fell(InstanceId id, Duration lived, String reason, Set<ServiceId> dependsOn, int running) implements Event {}

        /// The back-off of an instance has elapsed.
        record Due(InstanceId id) implements Event {}

        /// It is up, and healthy where that can be asked.
        record CameUp(InstanceId id) implements Event {}

        /// It is no longer to be started: stopped, disabled, asleep, gone.
        record Left(InstanceId id) implements Event {}

        record TimerFired(long turn) implements Event {}
    }

    sealed interface Effect {
        /// Its back-off is over indeed.
        record Start(InstanceId id) implements Effect {}

        /// @param why   one line for the journal, naming what is suspected
        /// @param facts service → how it fell, the first one first
        record Incident(String why, Map<String, String> facts) implements Effect {
            public Incident {
                facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
            }
        }

        /// Restarts go their way again.
        record Over(String why) implements Effect {}

        /// Send [Event.TimerFired] after the delay.
        record SetTimer(long turn, Duration delay) implements Effect {}
    }

    record Step(State next, List<Effect> effects) {
        Step {
            effects = List.copyOf(effects);
        }

        static Step same(State state, Effect... effects) {
            return new Step(state, List.of(effects));
        }
    }

    static Step decide(State state, Event event, Elapsed now) {
        return switch (state) {
            case State.Closed closed -> closed(closed, event, now);
            case State.Open open -> open(open, event);
            case State.Trying trying -> trying(trying, event);
        };
    }

    private static Step closed(State.Closed state, Event event, Elapsed now) {
        return switch (event) {
            case Event.Fell fell -> fell.lived().compareTo(LIVES) < 0 ? Step.same(state) : fallen(state, fell, now);
            case Event.Due(InstanceId id) -> Step.same(state, new Effect.Start(id));
            case Event.CameUp _, Event.Left _, Event.TimerFired _ -> Step.same(state);
        };
    }

    private static Step fallen(State.Closed state, Event.Fell fell, Elapsed now) {
        var falls = new LinkedHashMap<ServiceId, Fall>();
        state.falls().forEach((service, fall) -> {
            if (now.since(fall.at()).compareTo(WINDOW) <= 0) {
                falls.put(service, fall);
            }
        });
        falls.putIfAbsent(fell.id().service(), new Fall(now, fell.id(), fell.reason(), fell.dependsOn()));
        boolean many = falls.size() >= SERVICES && falls.size() >= fell.running();
        if (!many) {
            return Step.same(new State.Closed(falls));
        }
        List<Fall> all = List.copyOf(falls.values());
        var facts = new LinkedHashMap<String, String>();
        all.forEach(fall -> facts.put(fall.id().toString(), fall.reason()));
        String why = all.size() + " of " + (all.size() + fell.running()) + " services failed within "
                + Durations.words(now.since(all.getFirst().at())) + ", restarts wait for " + Durations.words(COOL_OFF)
                + "; suspected: " + Suspects.of(all);
        return Step.same(new State.Open(1, new LinkedHashSet<>()), new Effect.Incident(why, facts), new Effect.SetTimer(1, COOL_OFF));
    }

    private static Step open(State.Open state, Event event) {
        return switch (event) {
            case Event.Due(InstanceId id) -> Step.same(new State.Open(state.turn(), with(state.waiting(), id)));
            case Event.Left(InstanceId id) -> Step.same(new State.Open(state.turn(), without(state.waiting(), id)));
            case Event.TimerFired(long turn) -> turn == state.turn() ? next(turn, state.waiting()) : Step.same(state);
            case Event.Fell _, Event.CameUp _ -> Step.same(state);
        };
    }

    private static Step trying(State.Trying state, Event event) {
        return switch (event) {
            case Event.Due(InstanceId id) -> state.trial().isEmpty() ? next(state.turn(), with(state.waiting(), id))
                    : Step.same(new State.Trying(state.turn(), state.trial(), with(state.waiting(), id)));
            case Event.Fell(InstanceId id, _, _, _, _) -> tries(state, id) ? next(state.turn(), state.waiting()) : Step.same(state);
            case Event.Left(InstanceId id) -> tries(state, id) ? next(state.turn(), state.waiting())
                    : Step.same(new State.Trying(state.turn(), state.trial(), without(state.waiting(), id)));
            case Event.CameUp(InstanceId id) -> tries(state, id) && state.trial().filter(Trial::up).isEmpty()
                    ? Step.same(new State.Trying(state.turn() + 1, Optional.of(new Trial(id, true)), state.waiting()),
                            new Effect.SetTimer(state.turn() + 1, LIVES))
                    : Step.same(state);
            case Event.TimerFired(long turn) -> turn == state.turn() && state.trial().isPresent()
                    ? judged(state, state.trial().get()) : Step.same(state);
        };
    }

    /// The trial has lived for long enough, or has not come up in all that time.
    private static Step judged(State.Trying state, Trial trial) {
        if (!trial.up()) {
            return next(state.turn(), state.waiting());
        }
        var effects = new ArrayList<Effect>();
        effects.add(new Effect.Over(trial.id() + " has lived for " + Durations.words(LIVES) + " again"));
        state.waiting().forEach(id -> effects.add(new Effect.Start(id)));
        return new Step(State.Closed.CALM, effects);
    }

    /// Tries the first that waits, with a limit in case it neither comes up nor falls.
    private static Step next(long turn, SequencedSet<InstanceId> waiting) {
        if (waiting.isEmpty()) {
            return Step.same(new State.Trying(turn, Optional.empty(), waiting));
        }
        InstanceId first = waiting.getFirst();
        return Step.same(new State.Trying(turn + 1, Optional.of(new Trial(first, false)), without(waiting, first)),
                new Effect.Start(first), new Effect.SetTimer(turn + 1, COOL_OFF));
    }

    private static boolean tries(State.Trying state, InstanceId id) {
        return state.trial().filter(trial -> trial.id().equals(id)).isPresent();
    }

    private static SequencedSet<InstanceId> with(SequencedSet<InstanceId> waiting, InstanceId id) {
        var next = new LinkedHashSet<>(waiting);
        next.add(id);
        return next;
    }

    private static SequencedSet<InstanceId> without(SequencedSet<InstanceId> waiting, InstanceId id) {
        var next = new LinkedHashSet<>(waiting);
        next.remove(id);
        return next;
    }
}
