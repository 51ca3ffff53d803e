package reeve.run.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reeve.base.Elapsed;
import reeve.base.Now;
import reeve.model.AppName;
import reeve.model.Condition;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.NodeFacts;
import reeve.model.NodeName;
import reeve.model.Selector;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Event;
import reeve.testing.Specs;
import reeve.testing.Specs.Service;

import static org.assertj.core.api.Assertions.assertThat;
import static reeve.testing.Specs.app;
import static reeve.testing.Specs.service;

/// Restarts that are held back because many services failed at once, event by event.
class CircuitTest {
    private static final int SERVICES = 6;

    private final Surroundings surroundings =
            new Surroundings(new NodeFacts(new NodeName("n1"), "", Map.of(), Map.of(), Map.of()), "/opt/java");
    private NodeState state = NodeState.empty(surroundings);
    private Elapsed now = new Elapsed(0);
    private List<NodeEffect> effects = List.of();
    private int runs;

    private static InstanceId id(int number) {
        return InstanceId.parse("shop/s" + number + "/1");
    }

    private static Driver.Run run(int number, int run) {
        return new Driver.Run("run " + run + " of " + number, 1000 + number);
    }

    private void on(NodeEvent event) {
        Reconciliation.Step step = Reconciliation.decide(state, event, new Now(Instant.EPOCH.plusNanos(now.nanos()), now), () -> 0);
        state = step.next();
        effects = step.effects();
    }

    private void happens(int number, Event event) {
        on(new NodeEvent.OfInstance(id(number), event));
    }

    private void started(int number) {
        happens(number, new Event.Started(run(number, runs)));
    }

    private void fails(int number) {
        happens(number, new Event.Ended(run(number, runs), new Exit.Code(1)));
    }

    private void backOffElapses(int number) {
        happens(number, new Event.TimerFired(state.instances().get(id(number)).turn()));
    }

    private void breakerTimer() {
        var timer = state.breaker() instanceof Breaker.State.Open open ? open.turn() : ((Breaker.State.Trying) state.breaker()).turn();
        on(new NodeEvent.BreakerDue(timer));
    }

    private List<String> launched() {
        return effects.stream().filter(NodeEffect.Launch.class::isInstance).map(launch -> ((NodeEffect.Launch) launch).id().toString())
                .toList();
    }

    private List<NodeEffect.Note> notes() {
        return effects.stream().filter(NodeEffect.Note.class::isInstance).map(NodeEffect.Note.class::cast).toList();
    }

    @BeforeEach
    void allRunForAWhile() {
        var services = IntStream.rangeClosed(1, SERVICES).mapToObj(number -> number == 1 ? service("s1")
                : service("s" + number).after("s1", Condition.STARTED)).toArray(Service[]::new);
        on(new NodeEvent.Declared(App.first(app("shop", services), Specs.source("shop"), Instant.EPOCH, Optional.empty()), Map.of()));
        IntStream.rangeClosed(1, SERVICES).forEach(this::started);
        now = now.plus(Duration.ofMinutes(5));
    }

    private void fiveFail() {
        IntStream.rangeClosed(1, 5).forEach(this::fails);
    }

    @Test
    void manyFailuresAreOneIncidentThatNamesASuspect() {
        IntStream.rangeClosed(1, 4).forEach(this::fails);
        assertThat(notes()).isEmpty();
        fails(5);
        assertThat(notes()).singleElement().satisfies(note -> {
            assertThat(note.subject()).isEqualTo("n1");
            assertThat(note.kind()).isEqualTo("incident");
            assertThat(note.reason()).startsWith("5 of 6 services failed within").endsWith("suspected: shop/s1, on which 4 of them depend");
            assertThat(note.facts()).hasSize(5).containsEntry("shop/s1/1", "ended with exit code 1 after 5m");
        });
        assertThat(effects).contains(new NodeEffect.SetBreakerTimer(1, Breaker.COOL_OFF));
    }

    @Test
    void restartsWaitAndThenAreTriedOneByOneUntilOneLives() {
        fiveFail();
        backOffElapses(1);
        assertThat(launched()).isEmpty();
        assertThat(Circuit.words(state, id(1))).startsWith("; held back: many services failed at once");
        assertThat(Circuit.words(state, id(2))).as("its back-off goes on").isEmpty();
        backOffElapses(2);
        backOffElapses(3);
        breakerTimer();
        assertThat(launched()).containsExactly("shop/s1/1");
        happens(1, new Event.StartFailed("no space left on device"));
        assertThat(launched()).as("the next one is tried").containsExactly("shop/s2/1");
        runs++;
        started(2);
        assertThat(launched()).isEmpty();
        breakerTimer();
        assertThat(launched()).containsExactly("shop/s3/1");
        assertThat(notes()).singleElement().satisfies(note -> assertThat(note.kind()).isEqualTo("incident_over"));
        backOffElapses(4);
        assertThat(launched()).as("restarts go their way again").containsExactly("shop/s4/1");
    }

    @Test
    void whatAUserStartsDoesNotWait() {
        fiveFail();
        backOffElapses(1);
        on(new NodeEvent.StartAsked(state.apps().get(new AppName("shop")), Selector.parse("shop/s1")));
        assertThat(launched()).containsExactly("shop/s1/1");
        breakerTimer();
        assertThat(launched()).as("nobody waits").isEmpty();
    }

    @Test
    void whatIsStoppedWaitsNoLonger() {
        fiveFail();
        backOffElapses(1);
        backOffElapses(2);
        on(new NodeEvent.Declared(state.apps().get(new AppName("shop")).stopping(Selector.parse("shop/s1")), Map.of()));
        breakerTimer();
        assertThat(launched()).containsExactly("shop/s2/1");
    }

    @Test
    void whatNeverLivedOpensNothing() {
        now = new Elapsed(0).plus(Duration.ofSeconds(9));
        fiveFail();
        assertThat(state.breaker()).isEqualTo(Breaker.State.Closed.CALM);
        backOffElapses(1);
        assertThat(launched()).containsExactly("shop/s1/1");
        assertThat(state.instances().get(id(1)).shown()).isEqualTo(InstanceState.STARTING);
    }
}
