package reeve.run.reconcile;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reeve.base.Metric;
import reeve.model.AppSpec;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.NodeFacts;
import reeve.model.NodeName;
import reeve.model.Selector;
import reeve.model.Template;
import reeve.testing.Counts;
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

class ServiceCountersTest {
    private static final InstanceId WEB = InstanceId.parse("shop/web/1");
    private static final Duration PASS = Duration.ofSeconds(30);

    private final VirtualTime time = new VirtualTime();
    private final Counts counts = new Counts();
    private final FakeDriver.World world = new FakeDriver.World();
    private final NodeInbox inbox = new NodeInbox();
    private final AppSpec shop = app("shop", service("web").command("runs"), service("stubborn").command("ignores-term"));
    private final MemoryStore store = new MemoryStore(time);
    private final Reconciler reeve =
            new Reconciler(ReconcilerParts.of(inbox, new FakeDriver(world, inbox), store, _ -> shop, new MemoryJournal(time), counts, time),
            new NodeFacts(new NodeName("n1"), "", Map.of(), Map.of(), Map.of()));

    @BeforeEach
    void start() {
        reeve.start();
        apply(shop);
        awaitState(WEB, InstanceState.RUNNING);
        awaitState(InstanceId.parse("shop/stubborn/1"), InstanceState.RUNNING);
    }

    @AfterEach
    void close() {
        reeve.close();
    }

    private void apply(AppSpec spec) {
        reeve.apps().apply(Specs.source("shop"), spec);
    }

    private void awaitState(InstanceId id, InstanceState state) {
        await(id + " is " + state).until(() -> reeve.apps().snapshot().instances().stream()
                .anyMatch(one -> one.id().equals(id) && one.state() == state));
    }

    private double count(Metric metric) {
        return counts.of(metric, "shop", "web");
    }

    private double restarts(String cause) {
        return counts.of(ServiceCounters.RESTARTS, "shop", "web", cause);
    }

    /// Until the loop has handled all that came before.
    private void passes(int more) {
        double before = counts.of(ServiceCounters.EVENTS, "pass");
        for (int i = 0; i < more; i++) {
            time.advance(PASS);
            reeve.pass();
        }
        await().until(() -> counts.of(ServiceCounters.EVENTS, "pass") == before + more);
    }

    @Test
    @DisplayName("SUP-17: a healthy idle hour, with 120 passes and an unchanged apply, adds no start and no stop")
    void aHealthyIdleHourAddsNothing_SUP_17() {
        assertThat(count(ServiceCounters.START_ATTEMPTS)).isEqualTo(1);
        passes(60);
        apply(shop);
        passes(60);
        assertThat(count(ServiceCounters.START_ATTEMPTS)).isEqualTo(1);
        assertThat(count(ServiceCounters.STOP_ATTEMPTS)).isZero();
        assertThat(world.starts(WEB)).isEqualTo(1);
        assertThat(counts.of(ServiceCounters.SECONDS, "pass")).isNotNegative();
    }

    @Test
    @DisplayName("SUP-16, SUP-17: a crash adds a start and no stop")
    void aCrashAddsAStartAndNoStop() {
        world.end(WEB, new Exit.Signalled(9));
        awaitState(WEB, InstanceState.BACKING_OFF);
        time.advance(Duration.ofSeconds(1));
        awaitState(WEB, InstanceState.RUNNING);
        assertThat(count(ServiceCounters.START_ATTEMPTS)).isEqualTo(2);
        assertThat(count(ServiceCounters.STOP_ATTEMPTS)).isZero();
        assertThat(restarts("crash")).isEqualTo(1);
    }

    @Test
    void aStopCountsOnceHoweverOftenItIsAskedForAndSignalled_SUP_17() {
        reeve.apps().stop(Selector.parse("shop"));
        awaitState(WEB, InstanceState.STOPPED);
        awaitState(InstanceId.parse("shop/stubborn/1"), InstanceState.STOPPING);
        time.advance(Duration.ofSeconds(10)); // the grace of the one that ignores TERM
        awaitState(InstanceId.parse("shop/stubborn/1"), InstanceState.STOPPED);
        reeve.apps().stop(Selector.parse("shop"));
        passes(1);
        assertThat(count(ServiceCounters.STOP_ATTEMPTS)).isEqualTo(1);
        assertThat(counts.of(ServiceCounters.STOP_ATTEMPTS, "shop", "stubborn")).isEqualTo(1);
        assertThat(count(ServiceCounters.START_ATTEMPTS)).isEqualTo(1);
    }

    @Test
    void aStartThatFailsCountsAsAnAttempt_SUP_17() {
        world.refuseStarts(WEB, "no such program");
        world.end(WEB, new Exit.Code(1));
        awaitState(WEB, InstanceState.BACKING_OFF);
        await().until(() -> {
            time.advance(Duration.ofSeconds(1)); // the timer may not be set yet when the state is seen
            return restarts("config") >= 1;
        });
        assertThat(count(ServiceCounters.START_ATTEMPTS)).isGreaterThanOrEqualTo(2); // the next one may have begun
        assertThat(world.starts(WEB)).isEqualTo(1);
    }

    @Test
    void restartsAreCountedByCause() {
        apply(app("shop", service("web").command("runs").environment("VERSION", Template.text("2")),
                service("stubborn").command("ignores-term")));
        await().until(() -> world.starts(WEB) == 2 && restarts("changed") == 1);
        awaitState(WEB, InstanceState.RUNNING);
        reeve.apps().restart(Selector.parse("shop/web"));
        await().until(() -> world.starts(WEB) == 3 && restarts("operator") == 1);
        awaitState(WEB, InstanceState.RUNNING);
        assertThat(restarts("changed")).isEqualTo(1);
        assertThat(restarts("crash") + restarts("unhealthy") + restarts("config")).isZero();
        assertThat(count(ServiceCounters.STOP_ATTEMPTS)).isEqualTo(2);
    }
}
