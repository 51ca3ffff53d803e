package reeve.run.reconcile;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reeve.model.AppSpec;
import reeve.model.ServiceSpec;
import reeve.run.supervise.Event;
import reeve.testing.SimulationRunner;

import static org.assertj.core.api.Assertions.assertThat;

/// Each node here decides wrongly on purpose. The simulation must find out.
@Tag("sim")
class NodeSimulationCatchesFaultsTest {
    private static final NodeWorld.Decide RIGHT = Reconciliation::decide;

    private static final Map<String, NodeWorld.Decide> FAULTS = Map.of(
            "dependencies are ignored", (state, event, now, jitter) -> RIGHT.decide(state, switch (event) {
                case NodeEvent.Began(var apps, var deploys, var asleep, var found, var surroundings) ->
                        new NodeEvent.Began(
                                apps.stream().map(NodeSimulationCatchesFaultsTest::independent).toList(), deploys, asleep, found,
                                        surroundings);
                case NodeEvent.Declared(App app, var ports, var deploy) -> new NodeEvent.Declared(independent(app), ports, deploy);
                case NodeEvent.StartAsked(App app, var selector) -> new NodeEvent.StartAsked(independent(app), selector);
                case NodeEvent.RestartAsked(App app, var selector) -> new NodeEvent.RestartAsked(independent(app), selector);
                case NodeEvent other -> other;
            }, now, jitter),
            "what runs when Reeve starts is overlooked", (state, event, now, jitter) ->
                    RIGHT.decide(state, event instanceof NodeEvent.Began(var apps, var deploys, var asleep, _, var surroundings)
                            ? new NodeEvent.Began(apps, deploys, asleep, List.of(), surroundings) : event, now, jitter),
            "the end of a program is overlooked", (state, event, now, jitter) ->
                    event instanceof NodeEvent.OfInstance(_, Event.Ended _) ? same(state) : RIGHT.decide(state, event, now, jitter),
            "what a user wants started is forgotten", (state, event, now, jitter) ->
                    event instanceof NodeEvent.StartAsked ? same(state) : RIGHT.decide(state, event, now, jitter),
            "a wake is not answered", (state, event, now, jitter) ->
                    event instanceof NodeEvent.RunningWanted ? same(state) : RIGHT.decide(state, event, now, jitter),
            "a signal is never followed by KILL", (state, event, now, jitter) -> {
                Reconciliation.Step step = RIGHT.decide(state, event, now, jitter);
                return event instanceof NodeEvent.OfInstance(_, Event.TimerFired _)
                        ? new Reconciliation.Step(
                                step.next(), step.effects().stream().filter(effect -> !(effect instanceof NodeEffect.Act)).toList())
                        : step;
            });

    static Stream<String> faults() {
        return FAULTS.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void findsOutThat(String fault) {
        Optional<AssertionError> failure = new SimulationRunner("NodeSimulation")
                .firstFailure(1_000, simulation -> new NodeWorld(simulation, FAULTS.get(fault)).play());
        assertThat(failure).as(fault).isPresent();
        assertThat(failure.get()).hasMessageContaining("replay: ./dev sim NodeSimulation ");
    }

    private static Reconciliation.Step same(NodeState state) {
        return new Reconciliation.Step(state, List.of());
    }

    private static App independent(App app) {
        AppSpec spec = app.spec();
        List<ServiceSpec> services = spec.services().stream()
                .map(one -> one.withDependsOn(List.of()))
                .toList();
        return new App(AppSpec.of(spec.name(), services, spec.routes()), app.source(), app.appliedAt(), app.revision(), app.trial(),
                app.overrides());
    }
}
