package reeve.run.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reeve.base.Elapsed;
import reeve.base.Now;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.NodeFacts;
import reeve.model.NodeName;
import reeve.model.Schedule;
import reeve.model.Selector;
import reeve.model.Template;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Event;
import reeve.run.supervise.Instance;
import reeve.testing.Specs.Service;

import static org.assertj.core.api.Assertions.assertThat;
import static reeve.testing.Specs.app;
import static reeve.testing.Specs.service;
import static reeve.testing.Specs.source;

/// Services that are started at set times, event by event.
class ScheduledServicesTest {
    private static final InstanceId NIGHTLY = InstanceId.parse("shop/nightly/1");
    private static final Driver.Run RUN = new Driver.Run("run", 1001);

    private final Surroundings surroundings =
            new Surroundings(new NodeFacts(new NodeName("n1"), "", Map.of(), Map.of(), Map.of()), "/opt/java");
    private Instant wall = Instant.parse("2026-01-05T12:00:00Z");
    private NodeState state = NodeState.empty(surroundings);
    private List<NodeEffect> effects = List.of();

    private static AppSpec shop(String version) {
        return app("shop", nightly(version), service("web"));
    }

    private static Service nightly(String version) {
        return service("nightly").once().scheduled(new Schedule.Cron("30 3 * * *")).environment("VERSION", Template.text(version));
    }

    private void on(NodeEvent event) {
        var now = new Now(wall, new Elapsed(Duration.between(Instant.EPOCH, wall).toNanos()));
        Reconciliation.Step step = Reconciliation.decide(state, event, now, () -> 0);
        state = step.next();
        effects = step.effects();
    }

    private void happens(Event event) {
        on(new NodeEvent.OfInstance(NIGHTLY, event));
    }

    private void nextTimeComes() {
        wall = state.times().next().orElseThrow();
        on(new NodeEvent.TimesCame());
    }

    private void runsOnce(int exit) {
        happens(new Event.Started(RUN));
        happens(new Event.Ended(RUN, new Exit.Code(exit)));
    }

    private App declared() {
        return state.apps().get(new AppName("shop"));
    }

    private Instance nightly() {
        return state.instances().get(NIGHTLY);
    }

    private String told() {
        return nightly().shown().word() + ": " + nightly().reason() + state.times().words(NIGHTLY.service(), nightly());
    }

    private boolean launched() {
        return effects.stream().anyMatch(effect -> effect instanceof NodeEffect.Launch launch && launch.id().equals(NIGHTLY));
    }

    private List<String> notes() {
        return effects.stream().filter(NodeEffect.Note.class::isInstance).map(note -> ((NodeEffect.Note) note).kind()).toList();
    }

    @BeforeEach
    void begin() {
        on(new NodeEvent.Began(List.of(), Map.of(), Map.of(), List.of(), surroundings));
        on(new NodeEvent.Declared(App.first(shop("1"), source("shop"), Instant.EPOCH, Optional.empty()), Map.of()));
    }

    @Test
    void itRestsUntilItsTimeAndRunsOnce() {
        assertThat(told()).isEqualTo("done: waits for its time; next run at 2026-01-06 03:30 +00:00");
        on(new NodeEvent.FullPass());
        assertThat(launched()).isFalse();
        nextTimeComes();
        assertThat(launched()).isTrue();
        assertThat(nightly().reason()).isEqualTo("its time has come");
        happens(new Event.Started(RUN));
        assertThat(nightly().shown()).isEqualTo(InstanceState.RUNNING);
        happens(new Event.Ended(RUN, new Exit.Code(0)));
        on(new NodeEvent.FullPass());
        assertThat(launched()).isFalse();
        assertThat(told()).startsWith("done: ended with exit code 0 after").endsWith("; next run at 2026-01-07 03:30 +00:00");
        assertThat(state.times().started()).isEmpty();
    }

    @Test
    void aRunThatFailedIsShownAndTheNextOneComesAllTheSame() {
        nextTimeComes();
        runsOnce(3);
        assertThat(told()).startsWith("failed: ended with exit code 3 after");
        on(new NodeEvent.Declared(declared().declaredAs(shop("2"), source("shop"), wall, Optional.empty(), 2), Map.of()));
        assertThat(launched()).as("what is declared anew waits for its time as well").isFalse();
        assertThat(told()).startsWith("failed: ended with exit code 3 after");
        nextTimeComes();
        assertThat(launched()).isTrue();
        runsOnce(0);
        assertThat(nightly().shown()).isEqualTo(InstanceState.DONE);
    }

    @Test
    void aTimeThatComesWhileItStillRunsIsLeftOut() {
        nextTimeComes();
        happens(new Event.Started(RUN));
        nextTimeComes();
        assertThat(launched()).isFalse();
        assertThat(notes()).containsExactly("left_out");
        happens(new Event.Ended(RUN, new Exit.Code(0)));
        assertThat(launched()).isFalse();
    }

    @Test
    void aTimeThatCameWhileReeveWasAwayIsNotMadeUpFor() {
        wall = wall.plus(Duration.ofDays(3));
        on(new NodeEvent.Began(List.of(declared()), Map.of(), Map.of(), List.of(), surroundings));
        on(new NodeEvent.FullPass());
        assertThat(launched()).isFalse();
        assertThat(told()).endsWith("next run at 2026-01-09 03:30 +00:00");
    }

    @Test
    void aRunGoesOnUnderTheNextReeveWhateverIsDeclaredNow() {
        nextTimeComes();
        String digest = "of an earlier declaration";
        App app = declared();
        state = NodeState.empty(surroundings);
        on(new NodeEvent.Began(List.of(app), Map.of(), Map.of(), List.of(new Driver.Found.Alive(NIGHTLY, RUN, digest, false)), surroundings));
        on(new NodeEvent.FullPass());
        assertThat(nightly().shown()).isEqualTo(InstanceState.RUNNING);
        nextTimeComes();
        assertThat(launched()).as("never two at a time").isFalse();
        assertThat(notes()).containsExactly("left_out");
        happens(new Event.Ended(RUN, new Exit.Code(0)));
        assertThat(launched()).isFalse();
        assertThat(nightly().shown()).isEqualTo(InstanceState.DONE);
    }

    @Test
    void howTheLastRunEndedIsShownByTheNextReeve() {
        App app = declared();
        state = NodeState.empty(surroundings);
        on(new NodeEvent.Began(List.of(app), Map.of(), Map.of(), List.of(new Driver.Found.Ended(NIGHTLY, "of an earlier declaration",
                new Exit.Code(3))), surroundings));
        assertThat(launched()).isFalse();
        assertThat(told()).startsWith("failed: ended with exit code 3");
    }

    @Test
    void aUserStartsItNowButNotByStartingItsApp() {
        on(new NodeEvent.StartAsked(declared(), Selector.parse("shop")));
        assertThat(launched()).isFalse();
        on(new NodeEvent.StartAsked(declared(), Selector.parse("shop/nightly")));
        assertThat(launched()).isTrue();
        assertThat(nightly().reason()).isEqualTo("a user asked for it");
        runsOnce(0);
        assertThat(launched()).isFalse();
        on(new NodeEvent.RestartAsked(declared(), Selector.parse("shop/nightly")));
        assertThat(launched()).as("what does not run is started").isTrue();
        happens(new Event.Started(RUN));
        on(new NodeEvent.RestartAsked(declared(), Selector.parse("shop")));
        happens(new Event.Ended(RUN, new Exit.Signalled(15)));
        on(new NodeEvent.OfInstance(InstanceId.parse("shop/web/1"), new Event.StartFailed("no such program")));
        assertThat(nightly().shown()).as("it ran, so it is restarted with its app").isEqualTo(InstanceState.STARTING);
        runsOnce(0);
        on(new NodeEvent.RestartAsked(declared(), Selector.parse("shop")));
        assertThat(launched()).as("it did not run").isFalse();
    }

    @Test
    void whatAUserStoppedLetsItsTimesPass() {
        on(new NodeEvent.Declared(declared().stopping(Selector.parse("shop/nightly")), Map.of()));
        nextTimeComes();
        assertThat(launched()).isFalse();
        assertThat(told()).isEqualTo("stopped: stopped by a user");
        on(new NodeEvent.StartAsked(declared().starting(Selector.parse("shop")), Selector.parse("shop")));
        assertThat(launched()).as("its time is over").isFalse();
        nextTimeComes();
        happens(new Event.Started(RUN));
        on(new NodeEvent.Declared(declared().stopping(Selector.parse("shop")), Map.of()));
        happens(new Event.Ended(RUN, new Exit.Signalled(15)));
        on(new NodeEvent.StartAsked(declared().starting(Selector.parse("shop")), Selector.parse("shop")));
        assertThat(launched()).as("a run that a user stopped is over").isFalse();
        assertThat(nightly().shown()).isEqualTo(InstanceState.DONE);
    }
}
