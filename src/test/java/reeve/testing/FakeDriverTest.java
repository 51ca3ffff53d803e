package reeve.testing;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reeve.model.Exit;
import reeve.model.StopSignal;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Driver.Found;
import reeve.run.supervise.Driver.Started;
import reeve.run.supervise.DriverContract;

import static org.assertj.core.api.Assertions.assertThat;

class FakeDriverTest extends DriverContract {
    private final FakeDriver.World world = new FakeDriver.World();

    @BeforeEach
    void allow() {
        world.allowStarts(WEB);
    }

    @Override
    protected Driver newDriver(Driver.Listener listener) {
        return new FakeDriver(world, listener);
    }

    @Override
    protected void crash(Driver crashed) {
        crashed.close();
    }

    @Override
    protected List<String> runs() {
        return List.of("runs");
    }

    @Override
    protected List<String> exits(int code) {
        return List.of("exits", Integer.toString(code));
    }

    @Override
    protected List<String> ignoresTerm() {
        return List.of("ignores-term");
    }

    @Override
    protected List<String> missing() {
        world.refuseStarts(WEB, "cannot run 'missing': not found in PATH");
        return List.of("missing");
    }

    @Override
    protected void strike(Driver.Run run, StopSignal signal) {
        world.end(world.running(WEB) ? WEB : DB, new Exit.Signalled(signal.number()));
    }

    @Override
    protected boolean alive(Driver.Run run) {
        return world.alive(run);
    }

    @Test
    void afterALossOfPowerEverythingHasEndedAndNobodyKnowsHow() {
        started(WEB, runs());
        crash(driver);
        world.loseAllProcesses();
        driver = newDriver(this::ended);
        assertThat(driver.adopt()).containsExactly(new Found.Ended(WEB, "spec-1", new Exit.Unknown()));
        assertThat(driver.start(WEB, launch(runs()), _ -> {})).isInstanceOf(Started.Ok.class);
        assertThat(world.starts(WEB)).isEqualTo(2);
    }
}
