package reeve.run.reconcile;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reeve.base.Counters;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.ManifestSource;
import reeve.model.NodeFacts;
import reeve.model.NodeName;
import reeve.model.Selector;
import reeve.model.ServiceId;
import reeve.run.reconcile.Apps.RolloutState;
import reeve.testing.FakeDriver;
import reeve.testing.MemoryJournal;
import reeve.testing.MemoryStore;
import reeve.testing.ReconcilerParts;
import reeve.testing.VirtualTime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static reeve.testing.Specs.app;
import static reeve.testing.Specs.service;

/// Deploys: a revision that comes up, one that does not, and a Reeve that dies meanwhile.
class DeployTest {
    private static final AppName SHOP = new AppName("shop");
    private static final InstanceId FIRST = InstanceId.parse("shop/web/1");
    private static final InstanceId SECOND = InstanceId.parse("shop/web/2");
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final VirtualTime time = new VirtualTime();
    private final MemoryStore store = new MemoryStore(time);
    private final MemoryJournal journal = new MemoryJournal(time);
    private final FakeDriver.World world = new FakeDriver.World();
    private final Map<String, AppSpec> manifests = new HashMap<>();
    private Reconciler reeve = reeve();

    private Reconciler reeve() {
        var inbox = new NodeInbox();
        return new Reconciler(
                ReconcilerParts.of(inbox, new FakeDriver(world, inbox), store, source -> manifests.get(source.text()), journal,
                Counters.NONE, time), new NodeFacts(new NodeName("n1"), "", Map.of(), Map.of(), Map.of()));
    }

    @BeforeEach
    void oneRevisionRuns() {
        reeve.start();
        reeve.apps().apply(source("1"), spec("1"));
        awaitRunning(FIRST);
    }

    @AfterEach
    void close() {
        reeve.close();
    }

    private ManifestSource source(String version) {
        return new ManifestSource(Path.of("/srv/shop/reeve.yaml"), "version " + version, Map.of());
    }

    private AppSpec spec(String version) {
        AppSpec spec = app("shop", service("web").command("runs", version).routed("shop.org"));
        manifests.put("version " + version, spec);
        return spec;
    }

    private void deploy(String version) {
        reeve.apps().deploy(source(version), spec(version), TIMEOUT);
    }

    private void awaitRunning(InstanceId id) {
        await(id + " runs").until(() -> reeve.apps().snapshot().instances().stream()
                .anyMatch(one -> one.id().equals(id) && one.state() == InstanceState.RUNNING));
    }

    private void awaitGone(InstanceId id) {
        await(id + " is gone").until(() -> reeve.apps().snapshot().instances().stream().noneMatch(one -> one.id().equals(id)));
    }

    private Apps.RolloutStatus over() {
        await("the deploy is over").until(() -> {
            time.advance(Duration.ofMillis(300)); // back-offs
            return reeve.apps().rollout(SHOP).orElseThrow().state() != RolloutState.ROLLING;
        });
        return reeve.apps().rollout(SHOP).orElseThrow();
    }

    @Test
    void whatComesUpTakesThePlaceOfTheOldWhichServedUntilThen() {
        deploy("2");
        awaitRunning(SECOND);
        assertThat(world.starts(SECOND)).isEqualTo(1);
        assertThat(over()).extracting(Apps.RolloutStatus::state, Apps.RolloutStatus::revision).containsExactly(RolloutState.DEPLOYED, 2);
        awaitGone(FIRST);
        assertThat(reeve.apps().revisions(SHOP)).extracting(Apps.RevisionStatus::number, Apps.RevisionStatus::current)
                .containsExactly(tuple(1, false), tuple(2, true));
        assertThat(journal.read(entry -> entry.what().equals("deployed"), 10)).hasSize(1);
    }

    @Test
    void whatDoesNotComeUpIsTakenBackAndTheOldOneIsNeverTouched() {
        world.refuseStarts(SECOND, "no such program");
        deploy("2");
        Apps.RolloutStatus over = over();
        assertThat(over.state()).isEqualTo(RolloutState.ROLLED_BACK);
        assertThat(over.reason()).contains("no such program");
        awaitGone(SECOND);
        assertThat(world.starts(FIRST)).isEqualTo(1);
        assertThat(world.sent()).isEmpty();
        assertThat(reeve.apps().revisions(SHOP)).filteredOn(Apps.RevisionStatus::current).singleElement()
                .satisfies(revision -> assertThat(revision.number()).isEqualTo(1));
        assertThat(reeve.apps().revisions(SHOP)).filteredOn(revision -> revision.failed().isPresent()).singleElement()
                .satisfies(revision -> assertThat(revision.number()).isEqualTo(2));
    }

    @Test
    void aRollbackGoesToTheLastRevisionThatCameUpAndNumbersAreNotUsedTwice() {
        deploy("2");
        over();
        awaitGone(FIRST);
        world.refuseStarts(FIRST, "no such program");
        deploy("3");
        assertThat(over().state()).isEqualTo(RolloutState.ROLLED_BACK);
        world.allowStarts(FIRST);
        assertThat(reeve.apps().rollback(SHOP, OptionalInt.empty(), TIMEOUT).revision()).isEqualTo(4);
        assertThat(over().state()).isEqualTo(RolloutState.DEPLOYED);
        assertThat(reeve.apps().snapshot().app(SHOP).orElseThrow().source().text()).isEqualTo("version 1");
        assertThatThrownBy(() -> reeve.apps().rollback(SHOP, OptionalInt.of(9), TIMEOUT))
                .hasMessage("cannot find revision 9 of shop: kept are 1, 2, 3, 4");
    }

    @Test
    void aReeveThatDiesMeanwhileGoesOnWithTheDeploy() {
        world.refuseStarts(SECOND, "no such program");
        deploy("2");
        reeve.close();
        reeve = reeve();
        reeve.start();
        assertThat(reeve.apps().rollout(SHOP)).map(Apps.RolloutStatus::state).contains(RolloutState.ROLLING);
        assertThat(over().state()).isEqualTo(RolloutState.ROLLED_BACK);
        assertThat(reeve.apps().snapshot().app(SHOP).orElseThrow().source().text()).isEqualTo("version 1");
        assertThat(world.starts(FIRST)).isEqualTo(1);
    }

    @Test
    void whatWasBrokenBeforeAndIsNotChangedFailsNoDeploy() {
        reeve.apps().apply(source("1"), withBroken("1"));
        await().until(() -> reeve.apps().snapshot().instances().stream().anyMatch(one -> one.state() == InstanceState.FAILED));
        reeve.apps().deploy(source("2"), withBroken("2"), TIMEOUT);
        assertThat(over().state()).isEqualTo(RolloutState.DEPLOYED);
    }

    @Test
    void servicesOfRevisionsThatCanBeGoneBackToAreStillKnown() {
        reeve.apps().apply(source("2"), withBroken("2"));
        reeve.apps().apply(source("3"), spec("3"));
        assertThat(reeve.apps().services()).containsExactlyInAnyOrder(ServiceId.parse("shop/web"), ServiceId.parse("shop/broken"));
        reeve.apps().down(SHOP);
        assertThat(reeve.apps().services()).isEmpty();
    }

    private AppSpec withBroken(String version) {
        AppSpec spec = app("shop", service("web").command("runs", version).routed("shop.org"), service("broken").command("exits", "1")
                .once());
        manifests.put("version " + version, spec);
        return spec;
    }

    @Test
    void whatUsersAskMeanwhileEndsNoDeploy() {
        reeve.apps().apply(source("1"), withBroken("1"));
        world.refuseStarts(SECOND, "no such program");
        reeve.apps().deploy(source("2"), withBroken("2"), TIMEOUT);
        reeve.apps().stop(Selector.parse("shop/broken"));
        assertThat(reeve.apps().rollout(SHOP)).map(Apps.RolloutStatus::state).contains(RolloutState.ROLLING);
        assertThat(over().state()).isEqualTo(RolloutState.ROLLED_BACK);
    }

    @Test
    void anAppThatIsTakenDownMeanwhileIsDeployedNoMore() {
        world.refuseStarts(SECOND, "no such program");
        deploy("2");
        reeve.apps().down(SHOP);
        assertThat(reeve.apps().rollout(SHOP)).map(Apps.RolloutStatus::state).contains(RolloutState.SUPERSEDED);
        reeve.apps().deploy(source("1"), spec("1"), TIMEOUT);
        assertThat(over().state()).isEqualTo(RolloutState.DEPLOYED);
    }

    @Test
    void whatWasAppliedIsSeenByWhoAsksNext() {
        for (int version = 2; version < 30; version++) {
            String text = String.valueOf(version);
            reeve.apps().apply(source(text), spec(text));
            assertThat(reeve.apps().snapshot().app(SHOP).orElseThrow().source().text()).isEqualTo("version " + version);
        }
    }

    @Test
    void twoDeploysOfOneAppAreNotMixed() {
        world.refuseStarts(SECOND, "no such program");
        deploy("2");
        assertThatThrownBy(() -> deploy("3")).hasMessageContaining("cannot deploy shop: its revision 2 is being deployed");
        reeve.apps().apply(source("1"), spec("1"));
        assertThat(reeve.apps().rollout(SHOP)).map(Apps.RolloutStatus::state).isEqualTo(Optional.of(RolloutState.SUPERSEDED));
    }
}
