package reeve.run.companion;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.InstanceStatus;
import reeve.model.NodeName;
import reeve.model.PassReport;
import reeve.testing.MemoryJournal;
import reeve.testing.VirtualTime;

/// Passes over a systemd that is a table, with units on a real disk.
class CompanionsTest {
    private static final Companion WEB = Wanted.running("wiki/web/1", List.of("run"), Map.of("PASSWORD", "canary"), Map.of());
    private static final String SERVICE = "reeve-wiki.web.service";

    @TempDir
    Path root;

    private final VirtualTime time = new VirtualTime();
    private final FakeSystemd systemd = new FakeSystemd();
    private List<InstanceStatus> shown = List.of();
    private UnitFolder folder = new UnitFolder(Path.of("/"), Path.of("/"), Path.of("/"));
    private Companions companions = companions();

    @BeforeEach
    void build() {
        folder = new UnitFolder(root.resolve("quadlet"), root.resolve("plain"), root.resolve("state"));
        systemd.folder = folder;
        companions = companions();
    }

    private Companions companions() {
        return new Companions(systemd, folder, new NodeName("n1"), seen -> shown = seen, new MemoryJournal(time), time);
    }

    /// Knows a unit once its file was there at a reload; does at once what it is told.
    private static final class FakeSystemd implements Systemd {
        private final List<String> asked = new ArrayList<>();
        private final Map<String, State> units = new HashMap<>();
        private Optional<String> refusal = Optional.empty();
        private Unit.Form form = Unit.Form.QUADLET;
        private boolean stopsFail;
        private boolean drops;
        private UnitFolder folder = new UnitFolder(Path.of("/"), Path.of("/"), Path.of("/"));

        @Override
        public Optional<String> refusal() {
            return refusal;
        }

        @Override
        public Unit.Form form() {
            return form;
        }

        @Override
        public Map<String, State> show(List<String> names) {
            return units;
        }

        @Override
        public void reload() {
            asked.add("reload");
            List<String> there = folder.ours().stream().map(UnitFolder.Ours::service).toList();
            units.keySet().removeIf(unit -> !there.contains(unit) && !units.get(unit).up());
            there.forEach(unit -> units.putIfAbsent(unit, drops ? State.NONE : new State(true, "inactive", "dead", 0, 0)));
        }

        @Override
        public void start(String unit) {
            asked.add("start " + unit);
            units.put(unit, new State(true, "active", "running", 77, 0));
        }

        @Override
        public void restart(String unit) {
            asked.add("restart " + unit);
        }

        @Override
        public void stop(String unit) {
            asked.add("stop " + unit);
            if (stopsFail) {
                throw new Failure(Failure.Kind.UNAVAILABLE, "cannot stop " + unit + ": it hangs");
            }
            units.put(unit, new State(true, "inactive", "dead", 0, 0));
        }

        @Override
        public String complaint(String unit) {
            return ": unsupported key";
        }
    }

    private PassReport pass(List<Companion> wanted) {
        return companions.pass(wanted, () -> {});
    }

    private List<String> asked() {
        var asked = List.copyOf(systemd.asked);
        systemd.asked.clear();
        return asked;
    }

    private Path unit() {
        return root.resolve("quadlet/reeve-wiki.web.container");
    }

    @Test
    @DisplayName("REC-11: a unit that is missing is written, systemd reads it, and it is started; then all is quiet")
    void aMissingUnitIsWrittenAndStarted() {
        PassReport report = pass(List.of(WEB));
        assertThat(asked()).containsExactly("reload", "start " + SERVICE);
        assertThat(report.actions()).extracting(PassReport.Action::what).containsExactly("write_unit", "start");
        assertThat(report.failures()).isEmpty();
        assertThat(pass(List.of(WEB))).isEqualTo(new PassReport(1, List.of(), List.of()));
        assertThat(asked()).isEmpty();
        assertThat(shown).singleElement().satisfies(status -> {
            assertThat(status.state()).isEqualTo(InstanceState.RUNNING);
            assertThat(status.pid()).hasValue(77);
        });
    }

    @Test
    @DisplayName("REC-11: a unit whose file was deleted is back after one pass; what runs is not disturbed")
    void aDeletedUnitIsBack() throws IOException {
        pass(List.of(WEB));
        asked();
        Files.delete(unit());
        pass(List.of(WEB));
        assertThat(unit()).exists();
        assertThat(asked()).containsExactly("reload");
    }

    @Test
    @DisplayName("REC-11: a unit that is inactive is started, one that failed is reported as well")
    void anInactiveUnitIsStarted() {
        pass(List.of(WEB));
        systemd.units.put(SERVICE, new Systemd.State(true, "failed", "failed", 0, 3));
        asked();
        PassReport report = pass(List.of(WEB));
        assertThat(asked()).containsExactly("start " + SERVICE);
        assertThat(report.failures()).singleElement().satisfies(failed -> assertThat(failed.reason()).contains("failed"));
        systemd.units.put(SERVICE, new Systemd.State(true, "activating", "auto-restart", 0, 3));
        assertThat(pass(List.of(WEB)).failures()).hasSize(1);
        assertThat(shown.getFirst().state()).isEqualTo(InstanceState.BACKING_OFF);
    }

    @Test
    void whatTakesLongToComeUpIsLookedAtAgainLessAndLessOften() {
        var asks = new ArrayList<Duration>();
        Instant begun = time.wall();
        Runnable soon = () -> asks.add(Duration.between(begun, time.wall()));
        companions.pass(List.of(WEB), soon);
        systemd.units.put(SERVICE, new Systemd.State(true, "activating", "start", 0, 0));
        for (int i = 1; i <= 4; i++) {
            int before = asks.size();
            while (asks.size() == before) {
                time.advance(Duration.ofSeconds(1));
            }
            companions.pass(List.of(WEB), soon);
        }
        assertThat(asks).extracting(Duration::toSeconds).containsExactly(2L, 6L, 14L, 30L);
        assertThat(shown.getFirst().reason()).isEqualTo("its unit is activating: start");
        time.advance(Duration.ofMinutes(1));
        assertThat(asks).as("passes come anyway").hasSize(4);
    }

    @Test
    void aChangedDeclarationOrSecretMeansARestart() throws IOException {
        pass(List.of(WEB));
        asked();
        pass(List.of(Wanted.running("wiki/web/1", List.of("run", "otherwise"), Map.of("PASSWORD", "canary"), Map.of())));
        assertThat(asked()).containsExactly("reload", "restart " + SERVICE);
        pass(List.of(Wanted.running("wiki/web/1", List.of("run", "otherwise"), Map.of("PASSWORD", "changed"), Map.of())));
        assertThat(asked()).containsExactly("reload", "restart " + SERVICE);
        assertThat(Files.readString(unit())).doesNotContain("canary").doesNotContain("changed by");
        Path environment = folder.folder("reeve-wiki.web").resolve("environment");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(environment))).isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(unit()))).isEqualTo("rw-r--r--");
    }

    @Test
    void whatShallNotRunIsStoppedFirstAndItsUnitTakenAwayOnlyThen() {
        pass(List.of(WEB));
        asked();
        systemd.stopsFail = true;
        assertThat(pass(List.of()).failures()).singleElement()
                .satisfies(failed -> assertThat(failed.reason()).contains("it hangs"));
        assertThat(unit()).exists();
        systemd.stopsFail = false;
        asked();
        assertThat(pass(List.of()).failures()).isEmpty();
        assertThat(asked()).containsExactly("stop " + SERVICE, "reload");
        assertThat(unit()).doesNotExist();
        assertThat(folder.folder("reeve-wiki.web")).doesNotExist();
        pass(List.of());
        assertThat(asked()).isEmpty();
    }

    @Test
    void whatAUserStoppedRestsAndWhatIsUnknownIsLeftAsItIs() {
        pass(List.of(WEB));
        asked();
        pass(List.of(new Companion(WEB.id(), new Companion.Wish.LeaveAlone("no answer"))));
        assertThat(asked()).isEmpty();
        assertThat(unit()).exists();
        assertThat(shown.getFirst().state()).isEqualTo(InstanceState.UNKNOWN);
        pass(List.of(new Companion(WEB.id(), new Companion.Wish.Rest(InstanceState.STOPPED, "stopped by a user", false))));
        assertThat(asked()).containsExactly("stop " + SERVICE, "reload");
        assertThat(shown.getFirst().reason()).isEqualTo("stopped by a user");
    }

    @Test
    void whereSystemdIsNotThereItIsRefusedAndShown() {
        systemd.refusal = Optional.of("run_as: quadlet needs systemd, and this machine was not started by it");
        PassReport report = pass(List.of(WEB));
        assertThat(report.failures()).singleElement().satisfies(failed -> assertThat(failed.reason()).contains("needs systemd"));
        assertThat(shown.getFirst().state()).isEqualTo(InstanceState.FAILED);
        assertThat(unit()).doesNotExist();
        assertThat(pass(List.of())).isEqualTo(PassReport.NOTHING);
    }

    @Test
    void forAnOlderPodmanAPlainServiceIsWritten() {
        systemd.form = Unit.Form.SERVICE;
        pass(List.of(WEB));
        assertThat(root.resolve("plain/reeve-wiki.web.service")).exists();
        assertThat(unit()).doesNotExist();
    }

    @Test
    void whenPodmanBecomesNewerTheUnitTakesTheOtherFormAndIsRestarted() {
        systemd.form = Unit.Form.SERVICE;
        pass(List.of(WEB));
        asked();
        systemd.form = Unit.Form.QUADLET;
        pass(List.of(WEB));
        assertThat(unit()).exists();
        assertThat(root.resolve("plain/reeve-wiki.web.service")).as("systemd would prefer it").doesNotExist();
        assertThat(asked()).containsExactly("reload", "restart " + SERVICE);
        pass(List.of(WEB));
        assertThat(asked()).isEmpty();
    }

    @Test
    @DisplayName("REC-9: one companion that cannot be written concerns no other; its unit that is somebody else's stays")
    void oneThatFailsConcernsNoOther() throws IOException {
        Files.createDirectories(unit().getParent());
        Files.writeString(unit(), "[Container]\nImage=mine\n");
        PassReport report = pass(List.of(WEB, Wanted.running("wiki/db/1")));
        assertThat(report.failures()).singleElement().satisfies(failed -> {
            assertThat(failed.subject()).isEqualTo("wiki/web/1");
            assertThat(failed.reason()).contains("this Reeve did not write");
        });
        assertThat(asked()).containsExactly("reload", "start reeve-wiki.db.service");
        assertThat(Files.readString(unit())).isEqualTo("[Container]\nImage=mine\n");
        assertThat(shown).extracting(InstanceStatus::id).containsExactly(WEB.id(), InstanceId.parse("wiki/db/1"));
    }

    @Test
    void aUnitThatTheGeneratorDropsIsReportedWithItsComplaint() {
        systemd.drops = true;
        assertThat(pass(List.of(WEB)).failures()).singleElement().satisfies(failed ->
                assertThat(failed.reason()).isEqualTo("systemd does not know " + SERVICE + ": unsupported key"));
    }
}
