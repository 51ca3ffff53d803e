package reeve.run.reconcile;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.Exit;
import reeve.model.Hook.Moment;
import reeve.model.Hook.Repeat;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.InstanceStatus;
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
import reeve.testing.Specs.Service;
import reeve.testing.VirtualTime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static reeve.testing.Specs.app;
import static reeve.testing.Specs.service;

/// Hooks with the loop, its lanes and its store.
final class HooksTest {
    private static final InstanceId WEB = InstanceId.parse("shop/web/1");
    private static final AppName SHOP = new AppName("shop");

    private final VirtualTime time = new VirtualTime();
    private final MemoryStore store = new MemoryStore(time);
    private final MemoryJournal journal = new MemoryJournal(time);
    private final FakeDriver.World world = new FakeDriver.World();
    private AppSpec shop = app("shop");
    private Reconciler reeve = reeve();

    private Reconciler reeve() {
        var inbox = new NodeInbox();
        return new Reconciler(ReconcilerParts.of(inbox, new FakeDriver(world, inbox), store, _ -> shop, journal, new Counts(), time),
                new NodeFacts(new NodeName("n1"), "", Map.of(), Map.of(), Map.of()));
    }

    @BeforeEach
    void start() {
        reeve.start();
    }

    @AfterEach
    void close() {
        reeve.close();
    }

    private void restartReeve() {
        reeve.close();
        reeve = reeve();
        reeve.start();
    }

    private void apply(Service... services) {
        shop = app("shop", services);
        reeve.apps().apply(Specs.source("shop"), shop);
    }

    private Optional<InstanceStatus> status(InstanceId id) {
        return reeve.apps().snapshot().instances().stream().filter(one -> one.id().equals(id)).findFirst();
    }

    private void awaitState(InstanceId id, InstanceState state) {
        await(id + " is " + state).until(() -> status(id).map(InstanceStatus::state).equals(Optional.of(state)));
    }

    /// In steps so short that no hook that is just being run is late by them.
    private void passBackOff() {
        awaitState(WEB, InstanceState.BACKING_OFF);
        await().until(() -> {
            time.advance(Duration.ofSeconds(1));
            return status(WEB).map(InstanceStatus::state).equals(Optional.of(InstanceState.RUNNING));
        });
    }

    private static Service web() {
        return service("web").command("runs").environment("A", Template.text("b"));
    }

    private static Service all(Repeat repeat) {
        return web().hook(Moment.PRE_START, repeat, "echo", "prepare").hook(Moment.POST_START, repeat, "echo", "install")
                .hook(Moment.PRE_STOP, repeat, "echo", "leave").hook(Moment.POST_STOP, repeat, "echo", "tidy");
    }

    @Test
    @DisplayName("supervision §2.3: hooks for each creation run again after every one, whatever ended the run before")
    void hooksForEachCreationRunAtEveryStartAndStop() {
        apply(all(Repeat.EACH_CREATE));
        awaitState(WEB, InstanceState.RUNNING);
        List<String> starts = List.of("for shop/web/1: echo prepare {A=b}", "beside shop/web/1: echo install");
        assertThat(world.commands()).isEqualTo(starts);
        reeve.apps().restart(Selector.parse("shop/web"));
        await().until(() -> world.commands().size() == 6);
        assertThat(world.commands().subList(2, 6)).containsExactly("beside shop/web/1: echo leave", "for shop/web/1: echo tidy {A=b}",
                starts.get(0), starts.get(1));
        awaitState(WEB, InstanceState.RUNNING);
        world.end(WEB, new Exit.Code(1));
        await().until(() -> world.commands().size() == 7);
        assertThat(world.commands()).as("without what comes before a stop").last().isEqualTo("for shop/web/1: echo tidy {A=b}");
        passBackOff();
        await().until(() -> world.commands().size() == 9);
        assertThat(world.commands().subList(7, 9)).isEqualTo(starts);
        awaitState(WEB, InstanceState.RUNNING);
        reeve.apps().stop(Selector.parse("shop"));
        await().until(() -> world.commands().size() == 11);
        assertThat(world.commands().subList(9, 11)).containsExactly("beside shop/web/1: echo leave", "for shop/web/1: echo tidy {A=b}");
        awaitState(WEB, InstanceState.STOPPED);
    }

    @Test
    void hooksForOnceRunOnceForAllInstancesAndEveryReeveUntilTheirCommandChanges() {
        apply(all(Repeat.ONCE).replicas(3));
        awaitState(InstanceId.parse("shop/web/3"), InstanceState.RUNNING);
        awaitState(WEB, InstanceState.RUNNING);
        awaitState(InstanceId.parse("shop/web/2"), InstanceState.RUNNING);
        assertThat(world.commands()).hasSize(2);
        assertThat(journal.lines()).contains("shop/web hook: post_start hook 'echo' has run, once for this node");
        restartReeve();
        reeve.apps().restart(Selector.parse("shop/web"));
        await().until(() -> world.starts(WEB) == 2 && world.commands().size() == 4);
        awaitState(WEB, InstanceState.RUNNING);
        apply(all(Repeat.ONCE).hook(Moment.POST_START, Repeat.ONCE, "echo", "migrate").environment("A", Template.text("c")).replicas(3));
        await().until(() -> world.commands().size() == 5);
        assertThat(world.commands().getLast()).endsWith(": echo migrate");
        reeve.apps().down(SHOP);
        await().until(() -> reeve.apps().snapshot().instances().isEmpty());
        assertThat(world.commands()).as("not once more for an app that is taken down").hasSize(5);
        apply(all(Repeat.ONCE));
        awaitState(WEB, InstanceState.RUNNING);
        assertThat(world.commands()).as("an app declared anew").hasSize(7);
    }

    @Test
    void aFailedHookBeforeTheStartMeansNoStart() {
        apply(web().hook(Moment.PRE_START, Repeat.ONCE, "fail", "3"));
        awaitState(WEB, InstanceState.BACKING_OFF);
        assertThat(status(WEB).orElseThrow().reason())
                .startsWith("cannot start it: pre_start hook 'fail': exit code 3: it failed; starts again in ");
        assertThat(world.starts(WEB)).isZero();
        await().until(() -> {
            time.advance(Duration.ofSeconds(1));
            return world.commands().size() >= 2; // what failed is not remembered as done
        });
    }

    @Test
    void aFailedHookAfterTheStartEndsWhatWasStarted() {
        apply(web().hook(Moment.POST_START, Repeat.EACH_CREATE, "fail", "3"));
        awaitState(WEB, InstanceState.BACKING_OFF);
        assertThat(status(WEB).orElseThrow().reason()).startsWith("post_start hook 'fail': exit code 3: it failed");
        assertThat(world.starts(WEB)).isEqualTo(1);
        assertThat(world.running(WEB)).isFalse();
    }

    @Test
    void aHookThatTakesTooLongHasFailed() {
        apply(web().once().hook(Moment.PRE_START, Repeat.EACH_CREATE, "runs", "for", "ever")); // tried once: no hook is left running
        await().until(() -> !world.commands().isEmpty());
        await().until(() -> {
            time.advanceToNext();
            return status(WEB).map(InstanceStatus::reason).orElse("").contains("pre_start hook 'runs': did not end within 1m");
        });
        assertThat(world.starts(WEB)).isZero();
    }

    @Test
    void aFailedHookAroundAStopIsToldAndStopsNothing() {
        apply(web().hook(Moment.PRE_STOP, Repeat.EACH_CREATE, "fail", "4").hook(Moment.POST_STOP, Repeat.EACH_CREATE, "fail", "5"));
        awaitState(WEB, InstanceState.RUNNING);
        reeve.apps().stop(Selector.parse("shop"));
        awaitState(WEB, InstanceState.STOPPED);
        await().until(() -> journal.lines().contains("shop/web/1 hook_failed: post_stop hook 'fail': exit code 5: it failed"));
        assertThat(journal.lines()).contains("shop/web/1 hook_failed: pre_stop hook 'fail': exit code 4: it failed");
        assertThat(world.sent()).hasSize(1);
    }

    @Test
    void anAdoptedInstanceHasItsHooksToo() {
        apply(all(Repeat.EACH_CREATE));
        awaitState(WEB, InstanceState.RUNNING);
        restartReeve();
        assertThat(world.commands()).as("adopted, not started").hasSize(2);
        reeve.apps().down(SHOP);
        await().until(() -> world.commands().size() == 4);
        assertThat(world.commands().subList(2, 4)).containsExactly("beside shop/web/1: echo leave", "for shop/web/1: echo tidy {A=b}");
        await().until(() -> reeve.apps().snapshot().instances().isEmpty());
    }
}
