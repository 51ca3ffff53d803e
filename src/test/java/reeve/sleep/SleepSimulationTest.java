package reeve.sleep;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reeve.testing.SimulationRunner;

@Tag("sim")
class SleepSimulationTest {

    @Test
    @DisplayName("RACE-1 to RACE-5, RACE-7, RACE-9, RACE-11, RL-27, RL-35: no request is lost, doubled or sent to a suspended instance")
    void noRequestIsLostWhateverGoesWrong() {
        new SimulationRunner("SleepSimulation").run(simulation -> SleepWorld.play(simulation, SleepPolicy::decide));
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        SimulationRunner.requireSameRunTwice(20, simulation -> SleepWorld.play(simulation, SleepPolicy::decide));
    }
}
