package reeve.run.reconcile;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reeve.testing.SimulationRunner;

@Tag("sim")
class NodeSimulationTest {

    @Test
    @DisplayName("a node converges to what was asked of it, with one copy of everything, whatever crashes in between")
    void aNodeConvergesWhateverCrashes() {
        new SimulationRunner("NodeSimulation").run(simulation -> new NodeWorld(simulation, Reconciliation::decide).play());
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        SimulationRunner.requireSameRunTwice(5, simulation -> new NodeWorld(simulation, Reconciliation::decide).play());
    }
}
