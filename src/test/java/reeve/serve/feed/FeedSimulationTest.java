package reeve.serve.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reeve.model.ServiceId;
import reeve.sleep.Traffic;
import reeve.testing.SimulationRunner;

@Tag("sim")
class FeedSimulationTest {
    private static final Leases RIGHT = Leases.DEFAULT;
    private static final Leases ENDLESS = new Leases(Duration.ofHours(2), Duration.ofHours(1));
    private static final Leases SHORT = new Leases(Duration.ofSeconds(2), Duration.ofSeconds(1));

    private static final Map<String, FeedWorld.Faults> FAULTS = Map.of(
            "a hold counts as confirmed at once", faults(Trusting::new, RIGHT.node(), RIGHT, RIGHT, false, false),
            "a new node does not wait for the proxies", faults(UnaryOperator.identity(), Duration.ZERO, RIGHT, RIGHT, false, false),
            "a proxy serves on although nobody answers", faults(UnaryOperator.identity(), RIGHT.node(), RIGHT, ENDLESS, false, false),
            "a proxy is forgotten too early", faults(UnaryOperator.identity(), RIGHT.node(), SHORT, RIGHT, false, false),
            "a late report counts as new", faults(UnaryOperator.identity(), RIGHT.node(), RIGHT, RIGHT, true, false),
            "what a lost step said is skipped", faults(UnaryOperator.identity(), RIGHT.node(), RIGHT, RIGHT, false, true));

    private static FeedWorld.Faults faults(UnaryOperator<Traffic> ofNode, Duration expected, Leases nodeSide, Leases proxySide,
            boolean lateCount, boolean skips) {
        return new FeedWorld.Faults(ofNode, expected, nodeSide, proxySide, lateCount, skips, false);
    }

    /// Sees what is open as it should, and never that something is not confirmed.
    private record Trusting(Traffic real) implements Traffic {
        @Override
        public Activity activity(ServiceId service) {
            Activity seen = real.activity(service);
            return new Activity(seen.opened(), seen.closed(), seen.idleFor());
        }

        @Override
        public boolean hold(ServiceId service) {
            return real.hold(service);
        }

        @Override
        public void release(ServiceId service) {
            real.release(service);
        }

        @Override
        public void holdAlways(ServiceId service) {
            real.holdAlways(service);
        }
    }

    static Stream<String> faults() {
        return FAULTS.keySet().stream().sorted();
    }

    @Test
    void noRequestReachesASuspendedInstanceWhateverGoesWrongBetweenNodeAndProxies() {
        new SimulationRunner("FeedSimulation").run(simulation -> FeedWorld.play(simulation, FeedWorld.Faults.NONE));
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        SimulationRunner.requireSameRunTwice(10, simulation -> FeedWorld.play(simulation, FeedWorld.Faults.NONE));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void findsOutThat(String fault) {
        Optional<AssertionError> failure = new SimulationRunner("FeedSimulation")
                .firstFailure(1_000, simulation -> FeedWorld.play(simulation, FAULTS.get(fault)));
        assertThat(failure).as(fault).isPresent();
        assertThat(failure.get()).hasMessageContaining("replay: ./dev sim FeedSimulation ");
    }
}
