package reeve.run.companion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import reeve.run.companion.Systemd.State;

class SystemctlTest {
    @Test
    void whatSystemdShowsIsReadUnitByUnit() {
        assertThat(Systemctl.states("""
                Id=a.service
                LoadState=loaded
                ActiveState=active
                SubState=running
                MainPID=77
                NRestarts=2
                Job=

                Id=b.service
                LoadState=not-found
                ActiveState=inactive
                SubState=dead
                MainPID=0
                NRestarts=0
                Job=
                """)).isEqualTo(Map.of("a.service", new State(true, "active", "running", 77, 2), "b.service", State.NONE));
    }

    @Test
    void aUnitThatWaitsForItsTurnIsOnItsWay() {
        String shown = "Id=a.service\nLoadState=loaded\nActiveState=%s\nSubState=dead\nMainPID=0\nNRestarts=0\nJob=%s\n";
        assertThat(Systemctl.states(shown.formatted("inactive", "133")).get("a.service")).matches(State::up);
        assertThat(Systemctl.states(shown.formatted("failed", "133")).get("a.service")).matches(State::up);
        assertThat(Systemctl.states(shown.formatted("inactive", "")).get("a.service")).matches(state -> !state.up());
    }
}
