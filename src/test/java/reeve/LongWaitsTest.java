package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.Counters;
import reeve.base.Elapsed;
import reeve.base.SystemTime;
import reeve.declare.manifest.ManifestReader;
import reeve.declare.settings.ValueSource;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.InstanceState;
import reeve.model.InstanceStatus;
import reeve.model.ManifestSource;
import reeve.model.NodeFacts;
import reeve.model.NodeName;
import reeve.run.boot.Boot;
import reeve.run.boot.Stage;
import reeve.run.process.ProcessDriver;
import reeve.run.reconcile.NodeInbox;
import reeve.run.reconcile.Reconciler;
import reeve.store.embedded.EmbeddedStore;
import reeve.testing.LogLines;
import reeve.testing.MemoryJournal;
import reeve.testing.ReconcilerParts;
import reeve.testing.ReeveProcess;
import reeve.testing.VirtualTime;

/// What takes half an hour: passes on a clock that the test moves, over a real store and real processes.
@Tag("it")
class LongWaitsTest {
    private static final Duration POLL = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    @TempDir
    Path folder;

    @Test
    @DisplayName("REC-2: what is waited for in vain for strictly more than 30 minutes holds nothing back any longer, which is one warning")
    void afterHalfAnHourEverythingIsStartedAnyway() {
        Path recovered = folder.resolve("recovered");
        var hours = new VirtualTime();
        var inbox = new NodeInbox();
        try (var log = new LogLines("run.boot"); var time = new SystemTime();
                var store = EmbeddedStore.open(folder.resolve("store.db"), time);
                var driver = new ProcessDriver(folder, Map.of("PATH", "/usr/bin:/bin"), time, inbox);
                var reconciler = new Reconciler(ReconcilerParts.of(inbox, driver, store, LongWaitsTest::read, new MemoryJournal(time),
                        Counters.NONE, time, folder.resolve("logs")), new NodeFacts(new NodeName("n1"), "", Map.of(), Map.of(), Map.of()));
                var boot = new Boot(new Recovery(store, Optional.of(new ValueSource.FromFile(recovered)), Map.of()),
                        List.of(new Stage("apps", reconciler::pass)), hours)) {
            reconciler.adopt("it waits");
            var source = new ManifestSource(folder.resolve("reeve.yaml"), "name: a\nservices: { web: { command: [sleep, \"1000\"] } }",
                    Map.of());
            reconciler.apps().apply(source, read(source));
            Elapsed begun = hours.elapsed();
            boot.start();
            await().until(() -> boot.waitsFor().isPresent());
            while (hours.elapsed().since(begun).compareTo(PATIENCE) < 0) {
                hours.advance(POLL);
            }
            assertThat(boot.waitsFor()).hasValueSatisfying(what -> assertThat(what).contains(recovered.toString()));
            assertThat(log.lines()).noneMatch(line -> line.startsWith("WARN"));
            assertThat(web(reconciler).state()).isEqualTo(InstanceState.STARTING);
            assertThat(web(reconciler).pid()).isEmpty();

            await().atMost(ReeveProcess.PATIENCE).until(() -> {
                hours.advance(POLL);
                return web(reconciler).state() == InstanceState.RUNNING;
            });
            assertThat(recovered).doesNotExist();
            assertThat(ProcessHandle.of(web(reconciler).pid().orElseThrow())).hasValueSatisfying(ProcessHandle::isAlive);
            assertThat(log.lines()).filteredOn(line -> line.startsWith("WARN waited 30 min, starts anyway")).hasSize(1);
            reconciler.apps().down(new AppName("a"));
            await().atMost(ReeveProcess.PATIENCE).until(() -> reconciler.apps().snapshot().instances().isEmpty());
        }
    }

    private static InstanceStatus web(Reconciler reconciler) {
        return reconciler.apps().snapshot().instances().getFirst();
    }

    private static AppSpec read(ManifestSource source) {
        return switch (new ManifestReader().read(source)) {
            case ManifestReader.Result.Read(AppSpec spec, var _) -> spec;
            case ManifestReader.Result.Refused(var errors) -> throw new AssertionError(errors);
        };
    }
}
