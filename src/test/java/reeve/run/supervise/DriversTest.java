package reeve.run.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.Confinement;
import reeve.model.Exit;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.LogRotation;
import reeve.model.Notification;
import reeve.model.Resources;
import reeve.model.StopSignal;
import reeve.model.Workload;
import reeve.run.supervise.Driver.Found;
import reeve.run.supervise.Driver.Launch;
import reeve.run.supervise.Driver.Run;
import reeve.run.supervise.Driver.Started;
import reeve.testing.FakeDriver;

class DriversTest {
    private static final InstanceId WEB = InstanceId.parse("wiki/web/1");
    private static final InstanceId DB = InstanceId.parse("wiki/db/1");

    private final FakeDriver.World processes = new FakeDriver.World();
    private final FakeDriver.World containers = new FakeDriver.World();
    private final List<String> heard = new ArrayList<>();
    private final Driver.Listener listener = new Driver.Listener() {
        @Override
        public void ended(InstanceId id, Run run, Exit exit) {
            heard.add(id + " " + exit.words());
        }

        @Override
        public void answers(InstanceId id, Optional<Found> found) {
            heard.add(id + " answers");
        }
    };
    private final Drivers drivers = drivers();

    private Drivers drivers() {
        return new Drivers(new FakeDriver(processes, listener), told -> new FakeDriver(containers, told), listener);
    }

    private static Launch process() {
        return Launch.process(List.of("runs"), Map.of(), Path.of("/"), Path.of("/log"), "spec");
    }

    private static Launch container() {
        var app = AppSpec.of(new AppName("wiki"), List.of(), List.of());
        var work = new Driver.Work.Container(Workload.Container.of("box"), Optional.empty(), List.of("runs"), 0, app, Map.of(),
                StopSignal.SIGTERM);
        return new Launch(work, Map.of(), Map.of(), Confinement.NONE, Resources.UNLIMITED, Notification.NONE,
                new Driver.Output(Path.of("/log"), LogRotation.DEFAULT), "spec");
    }

    private Run started(InstanceId id, Launch launch) {
        return ((Started.Ok) drivers.start(id, launch, _ -> {})).run();
    }

    @Test
    void eachStartGoesToTheDriverOfItsKindAndSoDoesWhatFollows() {
        Run web = started(WEB, process());
        Run db = started(DB, container());
        assertThat(processes.running(WEB)).isTrue();
        assertThat(containers.running(DB)).isTrue();

        drivers.freeze(DB, db);
        assertThat(containers.suspended(DB)).isTrue();
        drivers.thaw(DB, db);
        drivers.signal(DB, db, StopSignal.SIGTERM);
        drivers.signal(WEB, web, StopSignal.SIGKILL);
        assertThat(heard).containsExactly("wiki/db/1 signal 15 (SIGTERM)", "wiki/web/1 signal 9 (SIGKILL)");
        assertThat(processes.sent()).hasSize(1);
    }

    @Test
    void bothKindsAreAdoptedAndReachedAfterwards() {
        started(WEB, process());
        Run db = started(DB, container());
        var next = drivers();
        assertThat(next.adopt()).extracting(Found::id).containsExactlyInAnyOrder(WEB, DB);
        next.signal(DB, db, StopSignal.SIGKILL);
        assertThat(containers.running(DB)).isFalse();
    }

    @Test
    void anInstanceThatChangesItsKindIsForgottenByTheDriverThatHadIt() {
        Run web = started(WEB, process());
        drivers.signal(WEB, web, StopSignal.SIGKILL);
        started(WEB, container());
        assertThat(containers.running(WEB)).isTrue();
        assertThat(drivers().adopt()).singleElement().isInstanceOf(Found.Alive.class);
        assertThatThrownBy(() -> drivers.forget(WEB)).isInstanceOf(Failure.class);
    }

    @Test
    void whatIsFoundLateIsReachedToo() {
        Run db = started(DB, container());
        var told = new ArrayList<Driver.Listener>();
        var next = new Drivers(new FakeDriver(processes, listener), each -> {
            told.add(each);
            return new FakeDriver(containers, each);
        }, listener);
        told.getFirst().answers(DB, Optional.of(new Found.Alive(DB, db, "spec", false)));
        next.signal(DB, db, StopSignal.SIGKILL);
        assertThat(containers.running(DB)).isFalse();
        assertThat(heard).contains("wiki/db/1 answers");
    }

    @Test
    void whatNobodyHasIsNotRunning() {
        assertThatThrownBy(() -> drivers.freeze(WEB, new Run("x", 7))).isInstanceOf(Failure.class).hasMessageContaining("not running");
        drivers.signal(WEB, new Run("x", 7), StopSignal.SIGKILL);
        drivers.forget(WEB);
    }
}
