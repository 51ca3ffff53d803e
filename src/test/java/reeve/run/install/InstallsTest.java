package reeve.run.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.Counters;
import reeve.declare.catalogue.Catalogue;
import reeve.declare.manifest.ManifestReader;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.ManifestSource;
import reeve.model.NodeFacts;
import reeve.model.NodeName;
import reeve.model.PassReport;
import reeve.run.reconcile.NodeInbox;
import reeve.run.reconcile.Reconciler;
import reeve.store.StoreException;
import reeve.testing.FakeDriver;
import reeve.testing.LogLines;
import reeve.testing.MemoryJournal;
import reeve.testing.MemoryStore;
import reeve.testing.ReconcilerParts;
import reeve.testing.VirtualTime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// A catalogue on disk over a real reconciler, whose programs are entries in a list.
class InstallsTest {
    private static final AppName WIKI = new AppName("wiki");
    private static final InstanceId WEB = InstanceId.parse("wiki/web/1");

    @TempDir
    Path folder;

    private final VirtualTime time = new VirtualTime();
    private final MemoryStore store = new MemoryStore(time);
    private final MemoryJournal journal = new MemoryJournal(time);
    private final FakeDriver.World world = new FakeDriver.World();
    private final List<String> removed = new CopyOnWriteArrayList<>();
    private final List<Path> read = new CopyOnWriteArrayList<>();
    private Reconciler reeve = reeve();
    private Removals removals = removals();
    private Installs installs = installs();

    private Reconciler reeve() {
        var inbox = new NodeInbox();
        return new Reconciler(ReconcilerParts.of(inbox, new FakeDriver(world, inbox), store, this::read, journal, Counters.NONE, time),
                new NodeFacts(new NodeName("n1"), "", Map.of(), Map.of(), Map.of()));
    }

    private Removals removals() {
        return new Removals(store, reeve.apps(), name -> {
            if (name.contains("busy")) {
                throw new Failure(Failure.Kind.UNAVAILABLE, "cannot remove volume " + name + ": in use");
            }
            removed.add(name);
        }, journal);
    }

    private Installs installs() {
        return new Installs(new Catalogue(List.of(Path.of("/nowhere/at-all"))), store, reeve.apps(), this::read, removals, journal);
    }

    private AppSpec read(ManifestSource source) {
        read.add(source.file());
        return switch (new ManifestReader().read(source)) {
            case ManifestReader.Result.Read(AppSpec spec, var _) -> spec;
            case ManifestReader.Result.Refused(var errors) -> throw new Failure(Failure.Kind.INVALID, errors.getFirst().toString());
        };
    }

    @BeforeEach
    void start() {
        reeve.start();
    }

    @AfterEach
    void close() {
        reeve.close();
    }

    private void restart() {
        reeve.close();
        reeve = reeve();
        removals = removals();
        installs = installs();
        reeve.start();
    }

    private Path entry(String app, String program) throws IOException {
        return Files.writeString(folder.resolve(app + ".yaml"), "name: " + app + "\nservices: { web: { command: [" + program + "] } }\n");
    }

    private void install(AppName app) {
        installs.install(app, Optional.of(folder));
    }

    private void awaitRunning(InstanceId id) {
        await().until(() -> world.running(id));
    }

    @Test
    void whatIsRefusedIsNotInstalledByALaterPass() throws IOException {
        Files.writeString(folder.resolve("one.yaml"), "name: one\nservices: { web: { command: [runs], env_file: absent.env } }\n");
        assertThatThrownBy(() -> install(new AppName("one"))).isInstanceOf(Failure.class)
                .hasMessageContaining("cannot apply one: web needs env_file").hasMessageContaining("there is no such file");
        assertThat(installs.list(Optional.of(folder))).noneMatch(Installs.Listed::installed);
        assertThat(installs.pass().looked()).isZero();
        assertThat(installs.folders(Optional.of(folder))).containsExactly(folder);
    }

    @Test
    @DisplayName("REC-13: of a catalogue of 60 with 3 installed, passes create nothing of the 57, read none of them and log nothing")
    void aPassNeverInstallsTheRest() throws IOException {
        for (int i = 0; i < 57; i++) {
            Files.writeString(folder.resolve("other" + i + ".yaml"), "name: other\nservices: {");
        }
        for (String app : List.of("one", "two", "three")) {
            entry(app, "runs");
            install(new AppName(app));
        }
        List.of("one", "two", "three").forEach(app -> awaitRunning(InstanceId.parse(app + "/web/1")));
        read.clear();
        try (var log = new LogLines("run")) {
            for (int i = 0; i < 3; i++) {
                PassReport report = installs.pass();
                assertThat(report).isEqualTo(new PassReport(3, List.of(), List.of()));
                assertThat(reeve.pass().looked()).isEqualTo(3);
            }
            assertThat(log.lines()).isEmpty();
        }
        assertThat(read).isEmpty();
        assertThat(reeve.apps().snapshot().apps()).hasSize(3);
        assertThat(installs.list(Optional.of(folder))).hasSize(60).filteredOn(Installs.Listed::installed).hasSize(3);
    }

    @Test
    @DisplayName("REC-13: a pass repairs what is installed: an install that a crash cut off, and an entry that changed")
    void aPassRepairsWhatIsInstalled() throws IOException {
        entry("wiki", "runs");
        install(WIKI);
        awaitRunning(WEB);
        entry("wiki", "runs, otherwise");
        restart();
        assertThat(installs.pass().actions()).containsExactly(new PassReport.Action("wiki", "apply"));
        await().until(() -> world.starts(WEB) == 2);
        assertThat(installs.pass().actions()).isEmpty();
        store.put("/reeve/v1/installed/shop", "{\"folders\":[\"%s\"],\"applied\":\"\"}".formatted(folder).getBytes());
        entry("shop", "runs");
        assertThat(installs.pass().actions()).containsExactly(new PassReport.Action("shop", "apply"));
        awaitRunning(InstanceId.parse("shop/web/1"));
    }

    @Test
    void anEntryThatIsWrongOrGoneLeavesItsAppAsItIsAndIsReportedUntilItIsRight() throws IOException {
        Path file = entry("wiki", "runs");
        install(WIKI);
        awaitRunning(WEB);
        Files.writeString(file, "name: wiki\nservices: { web: { comand: [x] } }\n");
        assertThat(installs.pass().failures()).singleElement().satisfies(failed -> assertThat(failed.reason()).contains("comand"));
        assertThat(installs.pass().failures()).hasSize(1);
        Files.delete(file);
        assertThat(installs.pass().failures()).singleElement()
                .satisfies(failed -> assertThat(failed.reason()).contains("it goes on as it is"));
        assertThat(world.running(WEB)).isTrue();
        entry("wiki", "runs");
        assertThat(installs.pass()).isEqualTo(new PassReport(1, List.of(), List.of()));
    }

    @Test
    void whatCannotBeInstalledIsRefusedWithItsReason() throws IOException {
        entry("wiki", "runs");
        Files.writeString(folder.resolve("shop.yaml"), "name: other\nservices: { web: { command: [x] } }\n");
        assertThatThrownBy(() -> install(new AppName("wikki")))
                .hasMessageContaining("it is not in the catalogue").hasMessageContaining("wiki");
        assertThatThrownBy(() -> install(new AppName("shop"))).hasMessageContaining("write 'name: shop' there");
        var elsewhere = new ManifestSource(Path.of("/srv/wiki/reeve.yaml"), Files.readString(folder.resolve("wiki.yaml")), Map.of());
        reeve.apps().apply(elsewhere, read(elsewhere));
        assertThatThrownBy(() -> install(WIKI)).hasMessageContaining("declared by other means");
        assertThatThrownBy(() -> installs.uninstall(WIKI, false)).hasMessageContaining("see reeve down");
        store.failWrites(StoreException.Kind.UNAVAILABLE);
        assertThatThrownBy(() -> install(new AppName("shop"))).isInstanceOf(Failure.class);
    }

    @Test
    void whatAUserTakesDownIsNotInstalledAgain() throws IOException {
        entry("wiki", "runs");
        install(WIKI);
        awaitRunning(WEB);
        reeve.apps().down(WIKI);
        await().until(() -> reeve.apps().gone(WIKI));
        assertThat(installs.pass().actions()).isEmpty();
        assertThat(installs.list(Optional.of(folder))).noneMatch(Installs.Listed::installed);
    }

    @Test
    @DisplayName("SUP-8: data goes only after every stop succeeded; until then, and over a crash, the removal waits and is tried again")
    void dataGoesOnlyAfterEveryStop() throws IOException {
        entry("wiki", "ignores-term");
        install(WIKI);
        awaitRunning(WEB);
        removals.add(WIKI, List.of("wiki_data"));
        installs.uninstall(WIKI, true);
        removals.add(WIKI, List.of("wiki_data")); // a process has no volumes of its own
        await().until(() -> !world.sent().isEmpty());
        assertThat(removals.pass().looked()).isEqualTo(1);
        assertThat(removed).isEmpty();
        restart();
        assertThat(removals.pass().actions()).isEmpty();
        assertThat(removed).isEmpty();
        assertThat(world.running(WEB)).isTrue();
        await().until(() -> {
            time.advance(Duration.ofSeconds(11));
            return reeve.apps().gone(WIKI);
        });
        assertThat(removals.pass().actions()).containsExactly(new PassReport.Action("wiki", "remove_volumes"));
        assertThat(removed).containsExactly("wiki_data");
        assertThat(removals.pass().looked()).isZero();
    }

    @Test
    @DisplayName("SUP-8: down with volumes: a stop that fails once leaves the data; once a later one succeeded, it is removed, once")
    void downRemovesDataOnlyAfterItsStopsSucceeded() throws IOException {
        Path file = Files.writeString(folder.resolve("wiki.yaml"), """
                name: wiki
                services: { web: { image: "docker.io/library/wiki:1", command: [ignores-term], volumes: ["data:/data"] } }
                volumes: { data: {} }
                """);
        var source = new ManifestSource(file, Files.readString(file), Map.of());
        reeve.apps().apply(source, read(source));
        awaitRunning(WEB);
        installs.down(WIKI, true);
        await().until(() -> !world.sent().isEmpty());
        assertThat(removals.pass().actions()).as("TERM did not end it").isEmpty();
        assertThat(removed).isEmpty();
        await().until(() -> {
            time.advance(Duration.ofSeconds(11));
            return reeve.apps().gone(WIKI);
        });
        assertThat(removals.pass().actions()).containsExactly(new PassReport.Action("wiki", "remove_volumes"));
        assertThat(removals.pass().actions()).isEmpty();
        assertThat(removed).containsExactly("wiki_data");
    }

    @Test
    void downWithoutVolumesLeavesThem() throws IOException {
        entry("wiki", "runs");
        install(WIKI);
        awaitRunning(WEB);
        installs.down(WIKI, false);
        await().until(() -> reeve.apps().gone(WIKI));
        assertThat(removals.pass().looked()).isZero();
    }

    @Test
    @DisplayName("SUP-8: a removal that fails is reported and tried again; one of an app that is declared again is called off")
    void aRemovalThatFailsIsTriedAgain() throws IOException {
        removals.add(WIKI, new ArrayList<>(List.of("wiki_busy")));
        assertThat(removals.pass().failures()).containsExactly(new PassReport.Failed("wiki", "cannot remove volume wiki_busy: in use"));
        assertThat(removals.pass().failures()).hasSize(1);
        assertThat(journal.lines()).as("said once").filteredOn(line -> line.contains("they cannot be removed yet")).hasSize(1);
        entry("wiki", "runs");
        install(WIKI);
        awaitRunning(WEB);
        assertThat(removals.pass().failures()).isEmpty();
        assertThat(removals.pass().looked()).isZero();
        assertThat(journal.lines()).anyMatch(line -> line.startsWith("wiki volumes_stay"));
    }
}
