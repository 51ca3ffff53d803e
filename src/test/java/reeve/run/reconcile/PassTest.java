package reeve.run.reconcile;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reeve.base.Counters;
import reeve.model.AppSpec;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.ManifestSource;
import reeve.model.NodeFacts;
import reeve.model.NodeName;
import reeve.model.PassReport;
import reeve.model.Selector;
import reeve.serve.route.RouteSources;
import reeve.testing.FakeDriver;
import reeve.testing.MemoryJournal;
import reeve.testing.MemoryStore;
import reeve.testing.ReconcilerParts;
import reeve.testing.Specs;
import reeve.testing.VirtualTime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static reeve.testing.Specs.app;
import static reeve.testing.Specs.service;

/// What is held back before the first pass, and what a pass reports.
class PassTest {
    private static final InstanceId WEB = InstanceId.parse("shop/web/1");
    private static final InstanceId API = InstanceId.parse("shop/api/1");
    private static final String HELD = "Reeve waits until this machine has recovered";

    private final VirtualTime time = new VirtualTime();
    private final MemoryStore store = new MemoryStore(time);
    private final FakeDriver.World world = new FakeDriver.World();
    private final Map<String, AppSpec> manifests = new HashMap<>();
    private RouteSources routes = new RouteSources(List.of(AppRoutes.SOURCE));
    private Reconciler reeve = reeve();

    private Reconciler reeve() {
        var inbox = new NodeInbox();
        Reconciler.Parts parts = ReconcilerParts.of(inbox, new FakeDriver(world, inbox), store, this::read, new MemoryJournal(time),
                Counters.NONE, time);
        routes = parts.routes();
        return new Reconciler(parts, new NodeFacts(new NodeName("n1"), "", Map.of(), Map.of(), Map.of()));
    }

    private AppSpec read(ManifestSource source) {
        return Optional.ofNullable(manifests.get(source.text())).orElseThrow();
    }

    private void apply(AppSpec spec) {
        manifests.put("name: " + spec.name(), spec);
        reeve.apps().apply(Specs.source(spec.name().value()), spec);
    }

    private void awaitState(InstanceId id, InstanceState state) {
        await(id + " is " + state).until(() -> reeve.apps().snapshot().instances().stream()
                .anyMatch(one -> one.id().equals(id) && one.state() == state));
    }

    private String reason(InstanceId id) {
        return reeve.apps().snapshot().instances().stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow().reason();
    }

    private void restartHeld() {
        reeve.close();
        reeve = reeve();
        reeve.adopt(HELD);
    }

    @AfterEach
    void close() {
        reeve.close();
    }

    @Test
    @DisplayName("REC-1: until the first pass what runs goes on and is routed to, nothing is started or stopped; then all of it is")
    void untilTheFirstPassNothingIsStartedOrStopped() {
        reeve.start();
        apply(app("shop", service("web").command("runs").routed("a.org"), service("api")
                .command("runs")));
        apply(app("gone", service("old").command("runs")));
        awaitState(WEB, InstanceState.RUNNING);
        awaitState(API, InstanceState.RUNNING);
        awaitState(InstanceId.parse("gone/old/1"), InstanceState.RUNNING);
        world.end(API, new Exit.Code(1));
        reeve.close();
        store.delete("/reeve/v1/apps/gone/desired");
        int starts = world.starts(API);
        restartHeld();
        apply(app("shop", service("web").command("runs", "otherwise").routed("a.org"), service("api").command("runs")));
        reeve.apps().stop(Selector.parse("shop/web"));
        reeve.apps().start(Selector.parse("shop/web"));
        awaitState(API, InstanceState.STARTING);
        assertThat(reason(API)).isEqualTo(HELD);
        assertThat(world.sent()).isEmpty();
        assertThat(world.running(WEB)).isTrue();
        assertThat(world.running(InstanceId.parse("gone/old/1"))).isTrue();
        assertThat(world.starts(API)).isEqualTo(starts);
        assertThat(routes.table().views()).singleElement().satisfies(view -> assertThat(view.targets()).singleElement()
                .satisfies(target -> assertThat(target.state()).contains(InstanceState.RUNNING)));

        PassReport first = reeve.pass();
        awaitState(API, InstanceState.RUNNING);
        await().until(() -> world.starts(InstanceId.parse("shop/web/2")) == 1 && !world.running(InstanceId.parse("gone/old/1")));
        assertThat(first.actions()).contains(new PassReport.Action("shop/api/1", "start"), new PassReport.Action("shop/web/2", "start"),
                new PassReport.Action("gone/old/1", "stop"));
    }

    @Test
    @DisplayName("REC-1: what ends while it is held back is started with the first pass, not before")
    void whatEndsMeanwhileIsStartedWithTheFirstPass() {
        reeve.start();
        apply(app("shop", service("web").command("runs")));
        awaitState(WEB, InstanceState.RUNNING);
        restartHeld();
        awaitState(WEB, InstanceState.RUNNING);
        world.end(WEB, new Exit.Code(1));
        awaitState(WEB, InstanceState.STARTING);
        time.advance(Duration.ofMinutes(10));
        assertThat(world.starts(WEB)).isEqualTo(1);
        reeve.pass();
        awaitState(WEB, InstanceState.RUNNING);
    }

    @Test
    @DisplayName("REC-1: a one-shot that is done, and one that failed while Reeve was away, are not run again by the first pass")
    void whatIsDoneStaysDone() {
        reeve.start();
        apply(app("shop", service("web").command("runs").once(), service("api").command("exits", "0").once()));
        awaitState(API, InstanceState.DONE);
        awaitState(WEB, InstanceState.RUNNING);
        reeve.close();
        world.end(WEB, new Exit.Code(7));
        restartHeld();
        awaitState(WEB, InstanceState.FAILED);
        assertThat(reason(WEB)).isEqualTo("ended with exit code 7 while Reeve was away");
        awaitState(API, InstanceState.DONE);
        assertThat(reeve.pass().actions()).isEmpty();
        awaitState(WEB, InstanceState.FAILED);
        assertThat(world.starts(WEB)).isEqualTo(1);
        assertThat(world.starts(API)).isEqualTo(1);
    }

    @Test
    @DisplayName("REC-12: the report counts what was looked at and names what is not as it should be, with the reason")
    void theReportNamesWhatIsNotAsItShouldBe() {
        reeve.start();
        world.refuseStarts(WEB, "cannot start shop/web/1: no such program");
        apply(app("shop", service("web").command("runs"), service("api").command("runs")));
        apply(app("other", service("calm").command("runs"), service("stopped").command("runs")));
        reeve.apps().stop(Selector.parse("other/stopped"));
        awaitState(WEB, InstanceState.BACKING_OFF);
        awaitState(API, InstanceState.RUNNING);
        awaitState(InstanceId.parse("other/stopped/1"), InstanceState.STOPPED);
        PassReport report = reeve.pass();
        assertThat(report.looked()).isEqualTo(4);
        assertThat(report.failures()).singleElement().satisfies(failed -> {
            assertThat(failed.subject()).isEqualTo("shop/web/1");
            assertThat(failed.reason()).contains("no such program");
        });
        assertThat(report.actions()).isEmpty();
    }

    @Test
    @DisplayName("REC-9: an unchecked error inside one app is its own failure; the others are started, and passes go on")
    void anErrorInsideOneAppIsItsOwnFailure() {
        world.failStarts(WEB, () -> {
            throw new StackOverflowError("a fault of one app");
        });
        reeve.start();
        apply(app("shop", service("web").command("runs"), service("api").command("runs")));
        apply(app("other", service("calm").command("runs")));
        awaitState(API, InstanceState.RUNNING);
        awaitState(InstanceId.parse("other/calm/1"), InstanceState.RUNNING);
        awaitState(WEB, InstanceState.BACKING_OFF);
        assertThat(reeve.pass().failures()).singleElement().satisfies(failed -> assertThat(failed.reason()).contains("a fault of one app"));
        assertThat(reeve.pass().looked()).isEqualTo(3);
    }
}
