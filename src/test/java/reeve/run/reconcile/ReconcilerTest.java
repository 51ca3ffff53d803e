package reeve.run.reconcile;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.Exit;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.InstanceStatus;
import reeve.model.ManifestSource;
import reeve.model.NodeFacts;
import reeve.model.NodeName;
import reeve.model.Schedule;
import reeve.model.Selector;
import reeve.model.ServiceId;
import reeve.model.Template;
import reeve.store.StoreException;
import reeve.testing.Counts;
import reeve.testing.FakeDriver;
import reeve.testing.MemoryJournal;
import reeve.testing.MemoryStore;
import reeve.testing.ReconcilerParts;
import reeve.testing.Specs;
import reeve.testing.Specs.Service;
import reeve.testing.VirtualTime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static reeve.testing.Specs.app;
import static reeve.testing.Specs.service;

/// The loop with its lanes and its store: what the pure decisions cannot show.
class ReconcilerTest {
    private static final InstanceId WEB = InstanceId.parse("shop/web/1");
    private static final InstanceId SECOND = InstanceId.parse("shop/web/2");

    private final VirtualTime time = new VirtualTime();
    private final MemoryStore store = new MemoryStore(time);
    private final MemoryJournal journal = new MemoryJournal(time);
    private final Counts counts = new Counts();
    private final FakeDriver.World world = new FakeDriver.World();
    private final Map<String, AppSpec> manifests = new HashMap<>();
    private Reconciler reeve = reeve();

    private Reconciler reeve() {
        var inbox = new NodeInbox();
        return new Reconciler(ReconcilerParts.of(inbox, new FakeDriver(world, inbox), store, this::read, journal, counts, time),
                new NodeFacts(new NodeName("n1"), "", Map.of(), Map.of(), Map.of()));
    }

    private AppSpec read(ManifestSource source) {
        return Optional.ofNullable(manifests.get(source.text()))
                .orElseThrow(() -> new Failure(Failure.Kind.INVALID, source.file() + ":1:1: what is this?"));
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
        reeve.start();
    }

    private void apply(AppSpec spec) {
        manifests.put("name: " + spec.name(), spec);
        reeve.apps().apply(Specs.source(spec.name().value()), spec);
    }

    private Optional<InstanceStatus> status(InstanceId id) {
        return reeve.apps().snapshot().instances().stream().filter(one -> one.id().equals(id)).findFirst();
    }

    private void awaitState(InstanceId id, InstanceState state) {
        await(id + " is " + state).until(() -> status(id).map(InstanceStatus::state).equals(Optional.of(state)));
    }

    @Test
    void whatCannotBeMadeDurableIsNotDone() {
        store.failWrites(StoreException.Kind.UNAVAILABLE);
        assertThatThrownBy(() -> apply(app("shop", service("web")))).isInstanceOfSatisfying(Failure.class, failure ->
                assertThat(failure.kind()).isEqualTo(Failure.Kind.UNAVAILABLE));
        store.repair();
        apply(app("shop", service("web").command("runs")));
        awaitState(WEB, InstanceState.RUNNING);
        assertThat(world.starts(WEB)).isEqualTo(1);
        store.failWrites(StoreException.Kind.UNAVAILABLE);
        assertThatThrownBy(() -> reeve.apps().down(new AppName("shop"))).isInstanceOf(Failure.class);
        assertThatThrownBy(() -> reeve.apps().stop(Selector.parse("shop"))).isInstanceOf(Failure.class);
        store.repair();
        reeve.factsChanged(new NodeFacts(new NodeName("n2"), "", Map.of(), Map.of(), Map.of())); // handled after what was before it
        await().until(() -> status(WEB).map(InstanceStatus::node).equals(Optional.of(new NodeName("n2"))));
        assertThat(world.sent()).isEmpty();
        awaitState(WEB, InstanceState.RUNNING);
    }

    @Test
    void aNewReeveAdoptsWhatRunsWithItsPort() {
        apply(app("shop", service("web").command("runs").routed("a.org").environment("PORT", Specs.ownPort())));
        awaitState(WEB, InstanceState.RUNNING);
        InstanceStatus before = status(WEB).orElseThrow();
        restart();
        awaitState(WEB, InstanceState.RUNNING);
        assertThat(status(WEB).orElseThrow().pid()).isEqualTo(before.pid());
        assertThat(status(WEB).orElseThrow().address()).isEqualTo(before.address()).isPresent();
        assertThat(world.starts(WEB)).isEqualTo(1);
    }

    @Test
    void whatHasSetTimesRunsWhenTheClockSaysSo() {
        apply(app("shop", service("web").command("exits", "0").once().scheduled(new Schedule.Cron("@hourly"))));
        awaitState(WEB, InstanceState.DONE);
        assertThat(status(WEB).orElseThrow().reason()).startsWith("waits for its time; next run at ");
        assertThat(world.starts(WEB)).isZero();
        time.advance(Duration.ofHours(1));
        await().until(() -> status(WEB).orElseThrow().reason().startsWith("ended with exit code 0"));
        time.advance(Duration.ofHours(1));
        await().until(() -> world.starts(WEB) == 2);
        awaitState(WEB, InstanceState.DONE);
        restart();
        assertThat(status(WEB).orElseThrow().reason()).startsWith("ended with exit code 0").contains("; next run at ");
        assertThat(world.starts(WEB)).isEqualTo(2);
    }

    @Test
    void manyServicesThatFailAtOnceAreAnIncidentInTheJournalAndStartAgainOneByOne() {
        List<InstanceId> all = IntStream.rangeClosed(1, 6).mapToObj(number -> InstanceId.parse("shop/s" + number + "/1")).toList();
        apply(app("shop", all.stream().map(id -> service(id.service().service().value()).command("runs")).toArray(Service[]::new)));
        all.forEach(id -> awaitState(id, InstanceState.RUNNING));
        time.advance(Duration.ofMinutes(1));
        all.forEach(id -> world.end(id, new Exit.Code(1)));
        all.forEach(id -> awaitState(id, InstanceState.BACKING_OFF));
        await().until(() -> journal.lines().stream().anyMatch(line -> line.startsWith("n1 incident: ")));
        time.advance(Duration.ofSeconds(1));
        await().until(() -> all.stream().allMatch(id -> status(id).orElseThrow().reason().contains("held back")));
        assertThat(all).allMatch(id -> world.starts(id) == 1);
        time.advance(Duration.ofSeconds(59));
        await().until(() -> all.stream().filter(world::running).count() == 1);
        await().until(() -> all.stream().filter(id -> status(id).orElseThrow().state() == InstanceState.RUNNING).count() == 1);
        time.advance(Duration.ofSeconds(10));
        all.forEach(id -> awaitState(id, InstanceState.RUNNING));
        assertThat(all).allMatch(id -> world.starts(id) == 2);
    }

    @Test
    void aPlanSaysHowAServiceIsReplacedAndWhoWouldEnd() {
        apply(app("shop", service("web").command("runs").replicas(2).routed("a.org"), service("api").command("runs")));
        awaitState(SECOND, InstanceState.RUNNING);
        Apps.Plan plan = reeve.apps().plan(app("shop", service("web").command("runs").replicas(2).routed("a.org").environment("A",
                Template.text("b")), service("api").command("runs").environment("A", Template.text("b"))));
        assertThat(plan.changes()).filteredOn(change -> change.action() == Apps.Action.RESTART)
                .extracting(Apps.PlannedChange::subject, Apps.PlannedChange::order, Apps.PlannedChange::touches)
                .containsExactlyInAnyOrder(
                        tuple("shop/web", Optional.of(Apps.Order.START_FIRST), List.of(WEB, SECOND)),
                        tuple("shop/api", Optional.of(Apps.Order.STOP_FIRST), List.of()));
        Apps.Plan fewer = reeve.apps().plan(app("shop", service("web").command("runs").routed("a.org")));
        assertThat(fewer.changes()).filteredOn(change -> change.action() == Apps.Action.STOP)
                .extracting(Apps.PlannedChange::subject, Apps.PlannedChange::touches)
                .containsExactlyInAnyOrder(tuple("shop/api", List.of()), tuple("shop/web", List.of(SECOND)));
    }

    @Test
    void theEndOfAShortRunIsToldAfterItsStart() {
        apply(app("shop", service("web").command("exits", "3")));
        awaitState(WEB, InstanceState.BACKING_OFF);
        assertThat(status(WEB).orElseThrow().reason()).startsWith("ended with exit code 3");
        assertThat(world.starts(WEB)).isEqualTo(1);
    }

    @Test
    void anInstanceWhoseStartHangsDelaysNoOther_SUP_20() {
        var until = new CountDownLatch(1);
        world.slowStarts(WEB, until);
        apply(app("shop", service("web").command("runs"), service("api").command("runs")));
        awaitState(InstanceId.parse("shop/api/1"), InstanceState.RUNNING);
        assertThat(status(WEB).orElseThrow().state()).isEqualTo(InstanceState.STARTING);
        until.countDown();
        awaitState(WEB, InstanceState.RUNNING);
    }

    @Test
    void whatIsScaledDownAndUpAgainHasAPortAgain() {
        Service web = service("web").command("runs").routed("a.org").environment("PORT", Specs.ownPort());
        apply(app("shop", web.replicas(2)));
        awaitState(SECOND, InstanceState.RUNNING);
        apply(app("shop", web.replicas(1)));
        await().until(() -> status(SECOND).isEmpty());
        apply(app("shop", web.replicas(2)));
        awaitState(SECOND, InstanceState.RUNNING);
        restart();
        awaitState(SECOND, InstanceState.RUNNING);
        assertThat(world.starts(SECOND)).isEqualTo(2);
    }

    @Test
    void aDrainLastsOverARestartOfReeveAndIsShown() {
        apply(app("shop", service("web").command("runs").routed("a.org").environment("PORT", Specs.ownPort()).replicas(2),
                service("client").command("runs")));
        awaitState(WEB, InstanceState.RUNNING);
        awaitState(SECOND, InstanceState.RUNNING);
        reeve.apps().drain(SECOND);
        await().until(() -> status(SECOND).orElseThrow().reason().contains("drained by a user"));
        restart();
        awaitState(SECOND, InstanceState.RUNNING);
        assertThat(status(SECOND).orElseThrow().reason()).contains("drained by a user: it gets no new requests");
        assertThat(status(WEB).orElseThrow().reason()).doesNotContain("drained");
        reeve.apps().undrain(SECOND);
        await().until(() -> !status(SECOND).orElseThrow().reason().contains("drained"));
        assertThat(world.starts(SECOND)).as("it was never restarted").isEqualTo(1);
        assertThat(journal.lines()).contains("shop/web/2 drain: a user asked for it", "shop/web/2 undrain: a user asked for it");
        refused(() -> reeve.apps().drain(InstanceId.parse("shop/client/1")), Failure.Kind.INVALID, "its service has no route");
        refused(() -> reeve.apps().drain(InstanceId.parse("shop/web/3")), Failure.Kind.NOT_FOUND, "there is shop/web/1, shop/web/2");
    }

    @Test
    void aScaleLastsUntilTheManifestAsksForAnotherNumberThanBefore() {
        Service web = service("web").command("runs").environment("PORT", Specs.ownPort());
        apply(app("shop", web));
        reeve.apps().scale(WEB.service(), 2);
        awaitState(SECOND, InstanceState.RUNNING);
        assertThat(status(SECOND).orElseThrow().address()).isPresent();
        restart();
        awaitState(SECOND, InstanceState.RUNNING);
        assertThat(world.starts(SECOND)).isEqualTo(1);
        apply(app("shop", web.environment("COLOUR", Template.text("blue")).replicas(1)));
        await().until(() -> world.starts(WEB) == 2);
        assertThat(reeve.apps().plan(app("shop", web)).changes()).isEmpty();
        assertThat(reeve.apps().snapshot().app(new AppName("shop")).orElseThrow().scaled())
                .isEqualTo(Map.of(WEB.service().service(), new Apps.Scale(2, 1)));
        apply(app("shop", web.replicas(3)));
        awaitState(InstanceId.parse("shop/web/3"), InstanceState.RUNNING);
        reeve.apps().scale(WEB.service(), 0);
        await().until(() -> reeve.apps().snapshot().instances().isEmpty());
        reeve.apps().scale(WEB.service(), 3);
        await("as the manifest says again").until(() -> reeve.apps().snapshot().app(new AppName("shop")).orElseThrow().scaled().isEmpty());
        assertThat(journal.lines()).contains("shop/web scale: a user asked for it");
    }

    @Test
    void aCopyHasWhatTheServiceHasButAPortOfItsOwn() {
        apply(app("shop", service("web").command("runs").environment("PORT", Specs.ownPort())));
        awaitState(WEB, InstanceState.RUNNING);
        String port = status(WEB).orElseThrow().address().orElseThrow().toString().replaceAll(".*:", "");
        reeve.apps().once(WEB.service(), new Apps.Copy(List.of("echo", "hi"), Map.of(), Optional.empty()));
        assertThat(world.commands()).hasSize(1).first().asString().matches("for shop/web/999999: echo hi \\{PORT=2[0-9]{4}}|"
                + "for shop/web/999999: echo hi \\{PORT=3[01][0-9]{3}}").doesNotContain("PORT=" + port + "}");
        assertThat(status(InstanceId.parse("shop/web/999999"))).isEmpty();
        refused(() -> reeve.apps().once(ServiceId.parse("shop/wbe"), new Apps.Copy(List.of(), Map.of(), Optional.empty())),
                Failure.Kind.NOT_FOUND, "shop has web");
        assertThat(journal.lines()).contains("shop/web run: a user runs a copy");
    }

    @Test
    void aScaleThatCannotBeIsRefusedAndChangesNothing() {
        Service web = service("web").command("runs").environment("PORT", Specs.ownPort());
        Service client = service("client").command("runs").environment("WEB", new Template(List.of(
                new Template.ServiceAddress(WEB.service().service()))));
        AppSpec fixed = app("fixed", service("web").command("runs"));
        apply(fixed.withServices(List.of(fixed.services().getFirst().withFixedPort(8080))));
        apply(app("shop", web, client));
        awaitState(InstanceId.parse("shop/client/1"), InstanceState.RUNNING);
        refused(() -> reeve.apps().scale(ServiceId.parse("fixed/web"), 2), Failure.Kind.INVALID, "its manifest fixes port 8080");
        refused(() -> reeve.apps().scale(WEB.service(), 1001), Failure.Kind.INVALID, "allowed are 0 to 1000");
        refused(() -> reeve.apps().scale(ServiceId.parse("shop/wbe"), 2), Failure.Kind.NOT_FOUND, "shop has web, client");
        refused(() -> reeve.apps().scale(WEB.service(), 2), Failure.Kind.CONFLICT, "then shop/client could not run: web has 2 replicas");
        store.failWrites(StoreException.Kind.UNAVAILABLE);
        refused(() -> reeve.apps().scale(ServiceId.parse("shop/client"), 2), Failure.Kind.UNAVAILABLE, "the store does not take it");
        store.repair();
        assertThat(reeve.apps().snapshot().instances()).hasSize(3);
    }

    private static void refused(ThrowingCallable act, Failure.Kind kind, String why) {
        assertThatThrownBy(act).isInstanceOfSatisfying(Failure.class, failure -> assertThat(failure.kind()).isEqualTo(kind))
                .hasMessageContaining(why);
    }

    @Test
    void anAppTakenDownAndDeclaredAgainAtOnceKeepsDurablePorts() {
        AppSpec shop = app("shop", service("web").command("runs").routed("a.org").environment("PORT", Specs.ownPort()));
        for (int i = 0; i < 50; i++) {
            apply(shop);
            reeve.apps().down(new AppName("shop"));
            if (i % 2 == 0) {
                await().until(() -> reeve.apps().snapshot().instances().isEmpty());
            }
        }
        apply(shop);
        awaitState(WEB, InstanceState.RUNNING);
        reeve.close(); // waits for what runs in the lanes
        String port = new String(store.get("/reeve/v1/local/ports/" + WEB).orElseThrow().value(), StandardCharsets.UTF_8);
        reeve = reeve();
        reeve.start();
        awaitState(WEB, InstanceState.RUNNING);
        assertThat(status(WEB).orElseThrow().address().orElseThrow().port()).isEqualTo(Integer.parseInt(port));
    }

    @Test
    void aDeclaredInstanceWhosePortWasLostGetsOneWhenReeveStarts() {
        apply(app("shop", service("web").command("runs").routed("a.org").environment("PORT", Specs.ownPort())));
        awaitState(WEB, InstanceState.RUNNING);
        reeve.close();
        store.delete("/reeve/v1/local/ports/" + WEB);
        reeve = reeve();
        reeve.start();
        awaitState(WEB, InstanceState.RUNNING);
        assertThat(status(WEB).orElseThrow().address()).isPresent();
    }

    @Test
    void anAppMayHaveMorePortsThanATransactionHasWrites() {
        apply(app("big", IntStream.range(0, 300).mapToObj(i -> service("s" + i).command("runs").routed("s" + i + ".org"))
                .toArray(Service[]::new)));
        await().until(() -> reeve.apps().snapshot().instances().stream().filter(one -> one.state() == InstanceState.RUNNING)
                .count() == 300);
        assertThat(reeve.apps().snapshot().instances().stream().map(one -> one.address().orElseThrow()).distinct()).hasSize(300);
    }

    @Test
    void anAppWhoseStoredManifestCannotBeReadIsLeftAloneAndSaidSo() {
        apply(app("shop", service("web").command("runs")));
        awaitState(WEB, InstanceState.RUNNING);
        AppSpec shop = manifests.get("name: shop");
        manifests.clear();
        restart();
        apply(app("other", service("web").command("runs")));
        awaitState(InstanceId.parse("other/web/1"), InstanceState.RUNNING);
        assertThat(world.running(WEB)).isTrue();
        assertThat(journal.lines()).contains("shop unreadable: its stored manifest cannot be read, it is left alone: "
                + "/srv/shop/reeve.yaml:1:1: what is this?");
        assertThatThrownBy(() -> reeve.apps().stop(Selector.parse("shop")))
                .hasMessage("cannot act on app 'shop': its stored manifest cannot be"
                + " read, apply it again: /srv/shop/reeve.yaml:1:1: what is this?");
        apply(shop);
        awaitState(WEB, InstanceState.RUNNING);
        reeve.apps().stop(Selector.parse("shop"));
        await().until(() -> !world.running(WEB));
    }
}
