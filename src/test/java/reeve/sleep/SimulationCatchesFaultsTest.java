package reeve.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reeve.testing.SimulationRunner;

/// Each policy here is broken on purpose, in a way somebody could break it by accident. The simulation must find out.
@Tag("sim")
class SimulationCatchesFaultsTest {
    private static final Sleeper.Policy RIGHT = SleepPolicy::decide;

    private static final Map<String, Sleeper.Policy> FAULTS = Map.ofEntries(
            Map.entry("a refused hold is ignored", (spec, state, event, now) -> switch (event) {
                case Event.HoldRefused(var activity) -> RIGHT.decide(spec, state, new Event.HoldTaken(pretend(state, activity)), now);
                case Event.TimerFired(var activity) when state instanceof State.FallingAsleep ->
                        RIGHT.decide(spec, state, new Event.TimerFired(pretend(state, activity)), now);
                case Event _ -> RIGHT.decide(spec, state, event, now);
            }),
            Map.entry("it is put to sleep without holding requests", (spec, state, event, now) -> without(
                    RIGHT.decide(spec, state, event, now), Effect.TryHold.class::isInstance,
                    new Effect.SetTimer(SleepPolicy.REVOCABLE))),
            Map.entry("each request asks for a wake", (spec, state, event, now) -> {
                Step step = RIGHT.decide(spec, state, event, now);
                return state instanceof State.Waking && event instanceof Event.Requested
                        ? with(step, new Effect.WantRunning("a request came")) : step;
            }),
            Map.entry("requests are let through as soon as the wake begins", (spec, state, event, now) -> {
                Step step = RIGHT.decide(spec, state, event, now);
                return step.next() instanceof State.Waking ? with(step, new Effect.Release()) : step;
            }),
            Map.entry("those who wait are forgotten when it is awake", (spec, state, event, now) -> {
                Step step = RIGHT.decide(spec, state, event, now);
                return step.next() instanceof State.Awake ? without(step, Effect.AnswerWaiting.class::isInstance) : step;
            }),
            Map.entry("those who wait are forgotten when the wake fails", (spec, state, event, now) -> {
                Step step = RIGHT.decide(spec, state, event, now);
                return step.next() instanceof State.BackingOff ? without(step, Effect.AnswerWaiting.class::isInstance) : step;
            }),
            Map.entry("a request that waits is also answered at once", (spec, state, event, now) -> {
                Step step = RIGHT.decide(spec, state, event, now);
                return step.effects().contains(new Effect.Join())
                        ? with(step, new Effect.Answer(new WakeGate.Outcome.Refused(Duration.ofSeconds(1)))) : step;
            }),
            Map.entry("a request that should wait is lost", (spec, state, event, now) ->
                    without(RIGHT.decide(spec, state, event, now), Effect.Join.class::isInstance)),
            Map.entry("a request while it is suspended does not wake it", (spec, state, event, now) -> {
                Step step = RIGHT.decide(spec, state, event, now);
                return step.next() instanceof State.Suspending(var since, var why, _)
                        ? new Step(new State.Suspending(since, why, Optional.empty()), step.effects()) : step;
            }),
            Map.entry("a late report that it is awake is believed while it is suspended", (spec, state, event, now) ->
                    state instanceof State.Suspending && event instanceof Event.Seen(Observed.Awake())
                            ? RIGHT.decide(spec, new State.Busy(state.since(), Optional.empty()), event, now)
                            : RIGHT.decide(spec, state, event, now)),
            Map.entry("called off, it goes on holding requests", (spec, state, event, now) -> {
                Step step = RIGHT.decide(spec, state, event, now);
                return state instanceof State.FallingAsleep ? without(step, Effect.Release.class::isInstance) : step;
            }),
            Map.entry("the delay after a failed wake is ignored", (spec, state, event, now) -> state instanceof State.BackingOff s
                    ? RIGHT.decide(spec, new State.BackingOff(s.since(), s.reason(), now.elapsed()), event, now)
                    : RIGHT.decide(spec, state, event, now)),
            Map.entry("what was found asleep is not held", (spec, state, event, now) -> {
                Step step = RIGHT.decide(spec, state, event, now);
                return step.next() instanceof State.Asleep && state instanceof State.Busy
                        ? with(without(step, Effect.HoldAlways.class::isInstance), new Effect.Release()) : step;
            }),
            Map.entry("it never looks again whether it is idle", (spec, state, event, now) -> {
                Step step = RIGHT.decide(spec, state, event, now);
                return state instanceof State.Awake ? without(step, Effect.SetTimer.class::isInstance) : step;
            }));

    static Stream<String> faults() {
        return FAULTS.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void findsOutThat(String fault) {
        Optional<AssertionError> failure = new SimulationRunner("SleepSimulation")
                .firstFailure(1_000, simulation -> SleepWorld.play(simulation, FAULTS.get(fault)));
        assertThat(failure).as(fault).isPresent();
        assertThat(failure.get()).hasMessageContaining("replay: ./dev sim SleepSimulation ");
    }

    /// The activity that a policy would see that looks away.
    private static Traffic.Activity pretend(State state, Traffic.Activity real) {
        long opened = state instanceof State.FallingAsleep s ? s.opened() : real.opened();
        return new Traffic.Activity(opened, opened, real.idleFor());
    }

    private static Step with(Step step, Effect more) {
        var effects = new ArrayList<>(step.effects());
        effects.add(more);
        return new Step(step.next(), effects);
    }

    private static Step without(Step step, Predicate<Effect> left) {
        return new Step(step.next(), step.effects().stream().filter(left.negate()).toList());
    }

    /// With something else in its place.
    private static Step without(Step step, Predicate<Effect> left, Effect instead) {
        return new Step(step.next(), step.effects().stream().map(effect -> left.test(effect) ? instead : effect).toList());
    }
}
