package reeve.run.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reeve.base.Elapsed;
import reeve.base.Now;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.Condition;
import reeve.model.Exit;
import reeve.model.Gate;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.ManifestSource;
import reeve.model.NodeFacts;
import reeve.model.NodeName;
import reeve.model.PassReport;
import reeve.model.Selector;
import reeve.model.ServiceId;
import reeve.model.ServiceName;
import reeve.model.SleepKind;
import reeve.model.Template;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Effect;
import reeve.run.supervise.Event;
import reeve.run.supervise.Instance;
import reeve.serve.route.Route;
import reeve.sleep.Observed;

import static org.assertj.core.api.Assertions.assertThat;
import static reeve.testing.Specs.app;
import static reeve.testing.Specs.service;
import static reeve.testing.Specs.source;

/// What a node decides, event by event. Effects are answered by the tests' own words.
class ReconciliationTest {
    private long nanos = 1_000_000_000L;
    private final List<NodeEffect> effects = new ArrayList<>();
    private NodeState state = NodeState.empty(surroundings(Map.of(), "plain", Map.of()));

    private static Surroundings surroundings(Map<InstanceId, Integer> ports, String nodeClass, Map<String, Boolean> features) {
        var facts = new NodeFacts(new NodeName("n1"), nodeClass, Map.of(), features, Map.of());
        return new Surroundings(facts, "/opt/java").withPorts(ports);
    }

    private void on(NodeEvent event) {
        effects.clear();
        nanos += 1_000_000;
        var now = new Now(Instant.parse("2026-01-05T08:00:00Z").plusNanos(nanos), new Elapsed(nanos));
        Reconciliation.Step step = Reconciliation.decide(state, event, now, () -> 0);
        state = step.next();
        effects.addAll(step.effects());
    }

    private void declare(AppSpec spec) {
        App old = state.apps().get(spec.name());
        App app = old == null ? App.first(spec, source(spec.name().value()), Instant.EPOCH, Optional.empty())
                : old.declaredAs(spec, old.source(), Instant.EPOCH, Optional.empty(), old.revision() + 1);
        var ports = new HashMap<InstanceId, Integer>();
        spec.services().stream().filter(one -> one.hasPort()).forEach(one -> {
            for (int number = 1; number <= one.replicas() + 1; number++) {
                ports.put(new ServiceId(spec.name(), one.name()).instance(number), 20_000 + ports.size());
            }
        });
        on(new NodeEvent.Declared(app, ports));
    }

    private void stopAsked(String selector) {
        App app = state.apps().get(Selector.parse(selector).app()).stopping(Selector.parse(selector));
        on(new NodeEvent.Declared(app, Map.of()));
    }

    private void startAsked(String selector) {
        App app = state.apps().get(Selector.parse(selector).app()).starting(Selector.parse(selector));
        on(new NodeEvent.StartAsked(app, Selector.parse(selector)));
    }

    private void happens(String id, Event event) {
        on(new NodeEvent.OfInstance(InstanceId.parse(id), event));
    }

    private static Driver.Run run(String id) {
        return new Driver.Run("run of " + id, 1000 + id.hashCode() % 1000);
    }

    private void comesUp(String id) {
        happens(id, new Event.Started(run(id)));
        if (shown(id) == InstanceState.STARTING || shown(id) == InstanceState.WAKING) {
            List<NodeEffect> first = List.copyOf(effects);
            happens(id, new Event.ProbePassed(run(id)));
            effects.addAll(first);
        }
    }

    private void ends(String id) {
        happens(id, new Event.Ended(run(id), new Exit.Signalled(15)));
    }

    private void timer(String id) {
        happens(id, new Event.TimerFired(instance(id).turn()));
    }

    private PassReport report() {
        return Reports.of(List.of(), new Reconciliation.Step(state, List.of()));
    }

    private InstanceState shown(String id) {
        return state.instances().get(InstanceId.parse(id)).shown();
    }

    private Instance instance(String id) {
        return state.instances().get(InstanceId.parse(id));
    }

    private List<String> launched() {
        return effects.stream().filter(NodeEffect.Launch.class::isInstance).map(effect -> ((NodeEffect.Launch) effect).id().toString())
                .toList();
    }

    private List<String> signalled() {
        return effects.stream()
                .filter(effect -> effect instanceof NodeEffect.Act(InstanceId _, Effect.Signal _))
                .map(effect -> ((NodeEffect.Act) effect).id().toString())
                .toList();
    }

    private static AppSpec chain() {
        return app("shop",
                service("db").probed(),
                service("api").probed().after("db", Condition.HEALTHY),
                service("web").after("api", Condition.HEALTHY));
    }

    private void chainUp() {
        declare(chain());
        comesUp("shop/db/1");
        comesUp("shop/api/1");
        comesUp("shop/web/1");
    }

    @Test
    void servicesStartInTheOrderOfWhatTheyDependOn_SUP_3() {
        declare(chain());
        assertThat(launched()).containsExactly("shop/db/1");
        assertThat(instance("shop/api/1").reason()).isEqualTo("waits for db (service_healthy), which is starting");
        happens("shop/db/1", new Event.Started(run("shop/db/1")));
        assertThat(launched()).isEmpty();
        happens("shop/db/1", new Event.ProbePassed(run("shop/db/1")));
        assertThat(launched()).containsExactly("shop/api/1");
        comesUp("shop/api/1");
        assertThat(launched()).containsExactly("shop/web/1");
    }

    @Test
    void servicesStopInTheExactReverseOfTheirStart_SUP_6() {
        chainUp();
        on(new NodeEvent.Dropped(new AppName("shop")));
        assertThat(signalled()).containsExactly("shop/web/1");
        ends("shop/web/1");
        assertThat(signalled()).containsExactly("shop/api/1");
        ends("shop/api/1");
        assertThat(signalled()).containsExactly("shop/db/1");
        ends("shop/db/1");
        assertThat(state.instances()).isEmpty();
        assertThat(state.retired()).isEmpty();
        assertThat(effects).contains(new NodeEffect.Forget(InstanceId.parse("shop/db/1")));
    }

    @Test
    void aServiceThatADependantNeedsIsStoppedAtOnceWhenOnlyItIsStopped() {
        chainUp();
        stopAsked("shop/db");
        assertThat(signalled()).containsExactly("shop/db/1");
        assertThat(shown("shop/web/1")).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    void whatRunsIsNotStoppedBecauseADependencyCrashed() {
        chainUp();
        ends("shop/db/1");
        assertThat(shown("shop/db/1")).isEqualTo(InstanceState.BACKING_OFF);
        assertThat(signalled()).isEmpty();
        assertThat(shown("shop/api/1")).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    void aFailingSideServiceHoldsNobodyBackUnlessItIsRequired_SUP_4() {
        declare(app("ic", service("replica"), service("gateway").after("replica", Condition.STARTED)));
        comesUp("ic/replica/1");
        happens("ic/gateway/1", new Event.StartFailed("no such program"));
        assertThat(shown("ic/replica/1")).isEqualTo(InstanceState.RUNNING);
        assertThat(shown("ic/gateway/1")).isEqualTo(InstanceState.BACKING_OFF);
    }

    @Test
    void whatAnEarlierReeveRanIsNotGoneWhileItsRuntimeIsSilentAndIsStoppedOnceItAnswers_SUP_8() {
        var web = InstanceId.parse("dropped/web/1");
        happens("dropped/web/1", new Event.RuntimeSilent("Podman does not answer"));
        assertThat(shown("dropped/web/1")).isEqualTo(InstanceState.UNKNOWN);
        assertThat(signalled()).isEmpty();
        happens("dropped/web/1", new Event.RuntimeAnswers(Optional.of(new Driver.Found.Alive(web, run("dropped/web/1"), "", false))));
        assertThat(signalled()).containsExactly("dropped/web/1");
        ends("dropped/web/1");
        assertThat(state.instances()).isEmpty();
    }

    @Test
    void aMainServiceThatFailsToStartDoesNotKeepASideServiceFromItsAttempt_SUP_5() {
        declare(app("ic", service("replica"), service("gateway").mayFollow("replica", Condition.STARTED),
                service("exporter").after("replica", Condition.STARTED)));
        assertThat(launched()).containsExactly("ic/replica/1");
        happens("ic/replica/1", new Event.StartFailed("no such program"));
        assertThat(shown("ic/replica/1")).isEqualTo(InstanceState.BACKING_OFF);
        assertThat(launched()).containsExactly("ic/gateway/1");
        happens("ic/gateway/1", new Event.StartFailed("no such user"));
        on(new NodeEvent.FullPass());
        assertThat(report().failures()).extracting(PassReport.Failed::subject).containsExactly("ic/gateway/1", "ic/replica/1");
        assertThat(instance("ic/exporter/1").reason()).isEqualTo("waits for replica (service_started), which is backing_off");
    }

    @Test
    void aSideServiceThatCannotBeStoppedStillLetsTheMainOneStopAndIsReportedAndTriedAgain_SUP_7_SUP_8() {
        declare(app("ic", service("replica"), service("gateway").after("replica", Condition.STARTED)));
        comesUp("ic/replica/1");
        comesUp("ic/gateway/1");
        on(new NodeEvent.Dropped(new AppName("ic")));
        timer("ic/gateway/1");
        assertThat(signalled()).as("killed").containsExactly("ic/gateway/1");
        assertThat(report().failures()).isEmpty();
        timer("ic/gateway/1");
        assertThat(signalled()).containsExactlyInAnyOrder("ic/gateway/1", "ic/replica/1");
        ends("ic/replica/1");
        assertThat(report().failures()).singleElement().satisfies(failed -> assertThat(failed.reason()).startsWith("does not end: KILL"));
        assertThat(state.instances()).as("what is not gone is not forgotten").containsOnlyKeys(InstanceId.parse("ic/gateway/1"));
        timer("ic/gateway/1");
        assertThat(signalled()).as("again").containsExactly("ic/gateway/1");
        ends("ic/gateway/1");
        assertThat(state.instances()).isEmpty();
    }

    @Test
    void aRestartGoesOnWithoutWhatCannotBeStopped_SUP_7() {
        declare(app("ic", service("replica"), service("gateway").after("replica", Condition.STARTED)));
        comesUp("ic/replica/1");
        comesUp("ic/gateway/1");
        on(new NodeEvent.RestartAsked(state.apps().get(new AppName("ic")), Selector.parse("ic")));
        timer("ic/gateway/1");
        timer("ic/gateway/1");
        ends("ic/replica/1");
        assertThat(launched()).containsExactly("ic/replica/1");
        comesUp("ic/replica/1");
        assertThat(launched()).as("never two copies").isEmpty();
        ends("ic/gateway/1");
        assertThat(launched()).containsExactly("ic/gateway/1");
    }

    @Test
    void whatCannotBeLookedUpIsReportedAndNeitherChangesWhatRunsNorHidesOtherErrors_SUP_9() {
        var known = new NodeFacts(new NodeName("n1"), "", Map.of(), Map.of(), Map.of("domain", new NodeFacts.Known("example.org")));
        on(new NodeEvent.FactsChanged(known));
        declare(app("ic", service("replica"),
                service("gateway").environment("DOMAIN", new Template(List.of(new Template.Value("domain"))))));
        happens("ic/replica/1", new Event.StartFailed("no such program"));
        comesUp("ic/gateway/1");
        on(new NodeEvent.FactsChanged(
                new NodeFacts(known.name(), "", Map.of(), Map.of(), Map.of("domain", new NodeFacts.Unknown("registry silent")))));
        assertThat(signalled()).isEmpty();
        assertThat(shown("ic/gateway/1")).isEqualTo(InstanceState.RUNNING);
        assertThat(report().failures()).extracting(failed -> failed.subject() + ": " + failed.reason())
                .satisfiesExactly(gateway -> assertThat(gateway)
                                .isEqualTo("ic/gateway/1: left as it is: value 'domain' is unknown: registry silent"),
                        replica -> assertThat(replica).startsWith("ic/replica/1: backing_off: cannot start it: no such program"));
    }

    @Test
    void aDependencyThatIsNotRequiredIsWaitedForOnlyWhileItMayStillCome() {
        var closed = new Gate(Map.of("class", Set.of("other")), Template.text("true"));
        declare(app("a", service("cache").gated(closed), service("web").mayFollow("cache", Condition.STARTED)));
        assertThat(shown("a/cache/1")).isEqualTo(InstanceState.DISABLED);
        assertThat(launched()).containsExactly("a/web/1");
    }

    @Test
    void aMainServiceThatFailsToStartDoesNotPreventTheAttemptOfWhatOnlyMayFollowIt_SUP_5() {
        declare(app("ic", service("replica"), service("gateway").mayFollow("replica", Condition.STARTED)));
        assertThat(launched()).containsExactly("ic/replica/1");
        happens("ic/replica/1", new Event.StartFailed("no such program"));
        assertThat(shown("ic/replica/1")).isEqualTo(InstanceState.BACKING_OFF);
        assertThat(launched()).containsExactly("ic/gateway/1");
    }

    @Test
    void aClosedGateMeansStoppedNotIgnored_SUP_1_SUP_2() {
        var gate = new Gate(Map.of(), new Template(List.of(new Template.Feature("gateway"))));
        state = NodeState.empty(surroundings(Map.of(), "plain", Map.of("gateway", true)));
        declare(app("ic", service("gateway").gated(gate)));
        comesUp("ic/gateway/1");
        on(new NodeEvent.FactsChanged(new NodeFacts(new NodeName("n1"), "plain", Map.of(), Map.of("gateway", false), Map.of())));
        assertThat(signalled()).containsExactly("ic/gateway/1");
        ends("ic/gateway/1");
        assertThat(shown("ic/gateway/1")).isEqualTo(InstanceState.DISABLED);
        on(new NodeEvent.FullPass());
        assertThat(effects).isEmpty();
    }

    @Test
    void nothingIsStartedForANewClassBeforeAllOfTheFormerHasStopped_SUP_8() {
        Template always = Gate.OPEN.enabled();
        state = NodeState.empty(surroundings(Map.of(), "plain", Map.of()));
        declare(app("ic", service("replica").gated(new Gate(Map.of("class", Set.of("plain")), always)),
                service("engine").gated(new Gate(Map.of("class", Set.of("cloud")), always)), service("other")));
        comesUp("ic/replica/1");
        comesUp("ic/other/1");
        on(new NodeEvent.FactsChanged(new NodeFacts(new NodeName("n1"), "cloud", Map.of(), Map.of(), Map.of())));
        assertThat(signalled()).containsExactly("ic/replica/1");
        assertThat(launched()).isEmpty();
        assertThat(shown("ic/engine/1")).isEqualTo(InstanceState.STARTING);
        on(new NodeEvent.FullPass());
        assertThat(launched()).as("while its stop has not succeeded").isEmpty();
        ends("ic/replica/1");
        assertThat(launched()).containsExactly("ic/engine/1");
    }

    @Test
    void aMissingValueStopsWhatNeedsItAndAnUnknownOneLeavesItAlone_SUP_12() {
        var needsDomain = service("web").environment("DOMAIN", new Template(List.of(new Template.Value("domain"))));
        var known = new NodeFacts(new NodeName("n1"), "", Map.of(), Map.of(), Map.of("domain", new NodeFacts.Known("example.org")));
        on(new NodeEvent.FactsChanged(known));
        declare(app("a", needsDomain));
        comesUp("a/web/1");
        on(new NodeEvent.FactsChanged(
                new NodeFacts(known.name(), "", Map.of(), Map.of(), Map.of("domain", new NodeFacts.Unknown("registry silent")))));
        assertThat(signalled()).isEmpty();
        on(new NodeEvent.FactsChanged(new NodeFacts(known.name(), "", Map.of(), Map.of(), Map.of())));
        assertThat(signalled()).containsExactly("a/web/1");
        ends("a/web/1");
        assertThat(instance("a/web/1").reason()).isEqualTo("cannot run it: no value 'domain': not configured");
    }

    @Test
    void aChangedValueRestartsWithItsReason_SUP_10() {
        on(new NodeEvent.FactsChanged(
                new NodeFacts(new NodeName("n1"), "", Map.of(), Map.of(), Map.of("domain", new NodeFacts.Known("a.org")))));
        declare(app("a", service("web").environment("DOMAIN", new Template(List.of(new Template.Value("domain"))))));
        comesUp("a/web/1");
        on(new NodeEvent.FactsChanged(
                new NodeFacts(new NodeName("n1"), "", Map.of(), Map.of(), Map.of("domain", new NodeFacts.Known("b.org")))));
        assertThat(instance("a/web/1").reason()).isEqualTo("environment changed");
        assertThat(shown("a/web/1")).isEqualTo(InstanceState.REPLACING);
    }

    private static AppSpec versioned(String version) {
        return new AppSpec(new AppName("a"), Optional.of(version), List.of(service("web").spec()), List.of(), List.of(), List.of());
    }

    @Test
    void aChangedVersionRestartsWithItsReason_SUP_10() {
        declare(versioned("1.0"));
        comesUp("a/web/1");
        declare(versioned("1.0"));
        assertThat(effects).isEmpty();
        declare(versioned("1.1"));
        assertThat(instance("a/web/1").reason()).isEqualTo("version changed");
        assertThat(signalled()).containsExactly("a/web/1");
    }

    @Test
    void declaringTheSameAgainChangesNothing() {
        chainUp();
        declare(chain());
        assertThat(effects).isEmpty();
    }

    @Test
    void aChangedCommandReplacesOnlyThatService() {
        chainUp();
        declare(app("shop",
                service("db").probed(),
                service("api").probed().command("/bin/new").after("db", Condition.HEALTHY),
                service("web").after("api", Condition.HEALTHY)));
        assertThat(signalled()).containsExactly("shop/api/1");
        assertThat(instance("shop/api/1").reason()).isEqualTo("command changed");
        ends("shop/api/1");
        assertThat(launched()).containsExactly("shop/api/1");
        assertThat(shown("shop/web/1")).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    void scalingDownStopsTheHighestNumbersAndScalingUpAddsThem() {
        declare(app("a", service("web").replicas(3)));
        List.of("a/web/1", "a/web/2", "a/web/3").forEach(this::comesUp);
        declare(app("a", service("web").replicas(1)));
        assertThat(signalled()).containsExactly("a/web/2", "a/web/3");
        ends("a/web/2");
        ends("a/web/3");
        assertThat(state.instances()).containsOnlyKeys(InstanceId.parse("a/web/1"));
        declare(app("a", service("web").replicas(2)));
        assertThat(launched()).containsExactly("a/web/2");
    }

    @Test
    void aUsersStopLastsUntilAUserStartsItAndOnlyThatPartStarts() {
        chainUp();
        stopAsked("shop");
        ends("shop/web/1");
        ends("shop/api/1");
        ends("shop/db/1");
        declare(chain());
        assertThat(launched()).isEmpty();
        startAsked("shop/db");
        assertThat(launched()).containsExactly("shop/db/1");
        assertThat(instance("shop/db/1").reason()).isEqualTo("a user started it");
        comesUp("shop/db/1");
        assertThat(shown("shop/api/1")).isEqualTo(InstanceState.STOPPED);
        assertThat(state.apps().get(new AppName("shop")).overrides().stopped())
                .containsExactlyInAnyOrder(Selector.parse("shop/api"), Selector.parse("shop/web"));
    }

    @Test
    void aRestartOfAnAppStopsInReverseAndStartsInOrder_SUP_21() {
        chainUp();
        on(new NodeEvent.RestartAsked(state.apps().get(new AppName("shop")), Selector.parse("shop")));
        assertThat(signalled()).containsExactly("shop/web/1");
        ends("shop/web/1");
        ends("shop/api/1");
        assertThat(launched()).isEmpty();
        ends("shop/db/1");
        assertThat(launched()).containsExactly("shop/db/1");
        comesUp("shop/db/1");
        assertThat(launched()).containsExactly("shop/api/1");
        comesUp("shop/api/1");
        comesUp("shop/web/1");
        assertThat(shown("shop/web/1")).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    void aRestartOfTheMainServiceDoesNotTouchItsSideServices_SUP_21() {
        chainUp();
        on(new NodeEvent.RestartAsked(state.apps().get(new AppName("shop")), Selector.parse("shop/db")));
        assertThat(signalled()).containsExactly("shop/db/1");
        ends("shop/db/1");
        assertThat(launched()).containsExactly("shop/db/1");
        assertThat(shown("shop/web/1")).isEqualTo(InstanceState.RUNNING);
    }

    @Test
    void aNewReeveAdoptsWhatRunsStartsWhatDoesNotAndEndsWhatIsNotDeclared() {
        chainUp();
        App app = state.apps().get(new AppName("shop"));
        String spec = instance("shop/db/1").live().orElseThrow().spec();
        Surroundings surroundings = state.surroundings();
        state = NodeState.empty(surroundings(Map.of(), "plain", Map.of()));
        on(new NodeEvent.Began(List.of(app), Map.of(), Map.of(), List.of(
                new Driver.Found.Alive(InstanceId.parse("shop/db/1"), run("shop/db/1"), spec, false),
                new Driver.Found.Ended(InstanceId.parse("shop/web/1"), spec, new Exit.Code(3)),
                new Driver.Found.Alive(InstanceId.parse("gone/x/1"), run("gone/x/1"), "other", false)), surroundings));
        assertThat(shown("shop/db/1")).isEqualTo(InstanceState.RUNNING);
        assertThat(launched()).containsExactly("shop/api/1");
        assertThat(signalled()).containsExactly("gone/x/1");
        assertThat(instance("shop/web/1").reason()).contains("api");
    }

    @Test
    void aOneShotThatFinishedWhileReeveWasAwayIsDoneAlthoughWhatItDependsOnIsDown() {
        declare(app("shop", service("db"), service("seed").once().after("db", Condition.STARTED)));
        on(new NodeEvent.OfInstance(InstanceId.parse("shop/db/1"), new Event.Started(run("shop/db/1"))));
        on(new NodeEvent.OfInstance(InstanceId.parse("shop/seed/1"), new Event.Started(run("shop/seed/1"))));
        App app = state.apps().get(new AppName("shop"));
        String spec = instance("shop/seed/1").live().orElseThrow().spec();
        Surroundings surroundings = state.surroundings();
        state = NodeState.empty(surroundings);
        on(new NodeEvent.Began(List.of(app), Map.of(), Map.of(),
                List.of(new Driver.Found.Ended(InstanceId.parse("shop/seed/1"), spec, new Exit.Code(0))), surroundings));
        assertThat(shown("shop/seed/1")).isEqualTo(InstanceState.DONE);
        on(new NodeEvent.OfInstance(InstanceId.parse("shop/db/1"), new Event.Started(run("shop/db/1"))));
        assertThat(shown("shop/seed/1")).isEqualTo(InstanceState.DONE);
    }

    @Test
    void adoptedDependantsAreKeptEvenWhereWhatTheyDependOnIsDown() {
        chainUp();
        App app = state.apps().get(new AppName("shop"));
        String spec = instance("shop/web/1").live().orElseThrow().spec();
        Surroundings surroundings = state.surroundings();
        state = NodeState.empty(surroundings);
        on(new NodeEvent.Began(List.of(app), Map.of(), Map.of(),
                List.of(new Driver.Found.Alive(InstanceId.parse("shop/web/1"), run("shop/web/1"), spec, false)), surroundings));
        assertThat(shown("shop/web/1")).isEqualTo(InstanceState.RUNNING);
        assertThat(signalled()).isEmpty();
        assertThat(launched()).containsExactly("shop/db/1");
    }

    private static final ServiceId NAP = ServiceId.of("a", "nap");

    private void napperUp(SleepKind how) {
        declare(app("a", service("nap").probed().routed("nap.localhost").sleeping(how, Duration.ofSeconds(10))));
        comesUp("a/nap/1");
    }

    @Test
    void aServiceIsFrozenAndThawedAsTheSleepRoomWants() {
        napperUp(SleepKind.FREEZE);
        assertThat(Observation.of(state, NAP)).isEqualTo(new Observed.Awake());
        on(new NodeEvent.SleepWanted(NAP, SleepKind.FREEZE, "idle for 10 s"));
        assertThat(Observation.of(state, NAP)).isEqualTo(new Observed.Busy());
        happens("a/nap/1", new Event.FreezeDone(run("a/nap/1")));
        assertThat(Observation.of(state, NAP)).isEqualTo(new Observed.Asleep(SleepKind.FREEZE));
        assertThat(instance("a/nap/1").reason()).isEqualTo("idle for 10 s");
        on(new NodeEvent.RunningWanted(NAP, "a request"));
        happens("a/nap/1", new Event.ThawDone(run("a/nap/1")));
        assertThat(Observation.of(state, NAP)).isEqualTo(new Observed.Busy());
        happens("a/nap/1", new Event.ProbePassed(run("a/nap/1")));
        assertThat(Observation.of(state, NAP)).isEqualTo(new Observed.Awake());
    }

    @Test
    void routesTellTheProxyWhetherAServiceServesSleepsOrIsDown() {
        napperUp(SleepKind.FREEZE);
        assertThat(destination().availability()).isEqualTo(new Route.Availability.Serving());
        assertThat(destination().targets()).singleElement().satisfies(target -> assertThat(target.ready()).isTrue());
        on(new NodeEvent.SleepWanted(NAP, SleepKind.FREEZE, "idle"));
        assertThat(destination().availability()).isEqualTo(new Route.Availability.Asleep());
        assertThat(destination().targets()).noneMatch(Route.Target::ready);
        happens("a/nap/1", new Event.FreezeDone(run("a/nap/1")));
        on(new NodeEvent.RunningWanted(NAP, "a request"));
        assertThat(destination().availability()).isEqualTo(new Route.Availability.Asleep());
        stopAsked("a/nap");
        happens("a/nap/1", new Event.ThawDone(run("a/nap/1")));
        ends("a/nap/1");
        assertThat(destination().availability()).isEqualTo(new Route.Availability.Down(InstanceState.STOPPED, "stopped by a user"));
        assertThat(Observation.of(state, NAP)).isInstanceOf(Observed.Down.class);
    }

    @Test
    void aDrainedInstanceTakesNoNewRequestsUntilAnotherManifestIsDeclared() {
        declare(app("a", service("web").probed().routed("a.localhost").replicas(2)));
        comesUp("a/web/1");
        comesUp("a/web/2");
        InstanceId first = InstanceId.parse("a/web/1");
        App app = state.apps().get(new AppName("a")).overriding(overrides -> overrides.draining(first));
        on(new NodeEvent.Declared(app, Map.of()));
        assertThat(destination().targets()).extracting(Route.Target::ready).containsExactly(false, true);
        assertThat(destination().targets()).extracting(Route.Target::state).containsOnly(InstanceState.RUNNING);
        assertThat(signalled()).isEmpty();
        on(new NodeEvent.Declared(app.overriding(overrides -> overrides.undraining(first)), Map.of()));
        assertThat(destination().targets()).allMatch(Route.Target::ready);
        assertThat(app.declaredAs(app.spec(), app.source(), Instant.EPOCH, Optional.empty(), 2).overrides().drained())
                .containsExactly(first);
        var other = new ManifestSource(app.source().file(), "another", Map.of());
        assertThat(app.declaredAs(app.spec(), other, Instant.EPOCH, Optional.empty(), 2).overrides().drained()).isEmpty();
    }

    @Test
    void aServiceInMaintenanceRunsOnAndTakesNoRequestsUntilAUserEndsItWhateverIsDeployed() {
        declare(app("a", service("web").probed().routed("a.localhost")));
        comesUp("a/web/1");
        var whole = new Selector.App(new AppName("a"));
        App app = state.apps().get(new AppName("a")).overriding(overrides -> overrides.inMaintenance(whole, "back at noon"));
        on(new NodeEvent.Declared(app, Map.of()));
        assertThat(destination().availability()).isEqualTo(new Route.Availability.Maintenance("back at noon"));
        assertThat(signalled()).isEmpty();
        var other = new ManifestSource(app.source().file(), "another", Map.of());
        on(new NodeEvent.Declared(app.declaredAs(app.spec(), other, Instant.EPOCH, Optional.empty(), 2), Map.of()));
        assertThat(destination().availability()).isEqualTo(new Route.Availability.Maintenance("back at noon"));
        on(new NodeEvent.Declared(app.overriding(overrides -> overrides.outOfMaintenance(whole)), Map.of()));
        assertThat(destination().availability()).isEqualTo(new Route.Availability.Serving());
    }

    @Test
    void whatIsSaidOfAServiceInMaintenanceGoesBeforeWhatIsSaidOfItsApp() {
        var id = ServiceId.parse("a/web");
        var app = new Selector.App(id.app());
        Overrides both = Overrides.NONE.inMaintenance(app, "all").inMaintenance(new Selector.Service(id), "web");
        assertThat(both.maintenance(id)).contains("web");
        assertThat(both.maintenance(ServiceId.parse("a/other"))).contains("all");
        assertThat(both.outOfMaintenance(new Selector.Service(id)).maintenance(id)).contains("all");
        assertThat(both.outOfMaintenance(app).maintenance(id)).isEmpty();
    }

    private Route.ToService destination() {
        return (Route.ToService) AppRoutes.of(state).getFirst().destination();
    }

    @Test
    void aFreezeThatFailsIsToldAndEndsTheWish() {
        napperUp(SleepKind.FREEZE);
        on(new NodeEvent.SleepWanted(NAP, SleepKind.FREEZE, "idle"));
        happens("a/nap/1", new Event.FreezeFailed(run("a/nap/1"), "no cgroup"));
        assertThat(effects).contains(new NodeEffect.StaysAwake(NAP, "no cgroup"));
        assertThat(shown("a/nap/1")).isEqualTo(InstanceState.RUNNING);
        assertThat(Observation.of(state, NAP)).isEqualTo(new Observed.Awake());
    }

    @Test
    void sleepByStopIsRememberedAcrossARestartOfReeve() {
        napperUp(SleepKind.STOP);
        on(new NodeEvent.SleepWanted(NAP, SleepKind.STOP, "idle"));
        assertThat(effects).contains(new NodeEffect.RememberSleep(NAP, Optional.of(SleepKind.STOP)));
        ends("a/nap/1");
        App app = state.apps().get(new AppName("a"));
        Surroundings surroundings = state.surroundings();
        state = NodeState.empty(surroundings);
        on(new NodeEvent.Began(List.of(app), Map.of(), Map.of(NAP, SleepKind.STOP), List.of(), surroundings));
        assertThat(shown("a/nap/1")).isEqualTo(InstanceState.ASLEEP);
        assertThat(launched()).isEmpty();
        on(new NodeEvent.RunningWanted(NAP, "a request"));
        assertThat(launched()).containsExactly("a/nap/1");
        assertThat(shown("a/nap/1")).isEqualTo(InstanceState.WAKING);
    }

    @Test
    void aFrozenServiceIsAdoptedAsleep() {
        napperUp(SleepKind.FREEZE);
        App app = state.apps().get(new AppName("a"));
        String spec = instance("a/nap/1").live().orElseThrow().spec();
        Surroundings surroundings = state.surroundings();
        state = NodeState.empty(surroundings);
        on(new NodeEvent.Began(List.of(app), Map.of(), Map.of(),
                List.of(new Driver.Found.Alive(InstanceId.parse("a/nap/1"), run("a/nap/1"), spec, true)), surroundings));
        assertThat(shown("a/nap/1")).isEqualTo(InstanceState.ASLEEP);
        assertThat(Observation.of(state, NAP)).isEqualTo(new Observed.Asleep(SleepKind.FREEZE));
    }

    @Test
    void aWakeThatFailsIsToldWithItsReason() {
        napperUp(SleepKind.STOP);
        on(new NodeEvent.SleepWanted(NAP, SleepKind.STOP, "idle"));
        ends("a/nap/1");
        on(new NodeEvent.RunningWanted(NAP, "a request"));
        happens("a/nap/1", new Event.StartFailed("no such program"));
        assertThat(Observation.of(state, NAP)).isInstanceOfSatisfying(Observed.WakeFailed.class,
                failed -> assertThat(failed.reason()).contains("no such program"));
    }

    @Test
    void aPortThatWasTakenMovesAndTheStartIsTriedAtOnceWithTheNewOne() {
        var web = service("web").environment("PORT", new Template(List.of(new Template.OwnPort())));
        declare(app("a", web, service("other")
                .environment("WEB", new Template(List.of(new Template.ServiceAddress(new ServiceName("web")))))));
        comesUp("a/other/1");
        on(new NodeEvent.PortMoved(InstanceId.parse("a/web/1"), 25_000));
        assertThat(instance("a/other/1").reason()).isEqualTo("environment changed");
        happens("a/web/1", new Event.StartFailed("port 20000 is taken by another program, it moves to 25000"));
        assertThat(effects).anySatisfy(effect -> assertThat(effect)
                .isInstanceOfSatisfying(NodeEffect.Launch.class, launch -> assertThat(launch.resolved().environment())
                        .containsEntry("PORT", "25000")));
    }

    @Test
    void aOneShotThatIsStartedAfreshWaitsForWhatItDependsOn() {
        declare(app("shop", service("db").probed(), service("seed").once().after("db", Condition.HEALTHY)));
        comesUp("shop/db/1");
        happens("shop/seed/1", new Event.Started(run("shop/seed/1")));
        happens("shop/seed/1", new Event.Ended(run("shop/seed/1"), new Exit.Code(0)));
        stopAsked("shop/db");
        ends("shop/db/1");
        startAsked("shop");
        assertThat(launched()).containsExactly("shop/db/1");
        comesUp("shop/db/1");
        assertThat(launched()).containsExactly("shop/seed/1");
    }

    @Test
    void whatANewReeveFindsRunningAgainstTheWishOfAUserIsStoppedInReverseOrder() {
        chainUp();
        App stopped = state.apps().get(new AppName("shop")).stopping(Selector.parse("shop"));
        List<Driver.Found> found = List.of(
                new Driver.Found.Alive(InstanceId.parse("shop/api/1"), run("shop/api/1"), "", true),
                new Driver.Found.Alive(InstanceId.parse("shop/db/1"), run("shop/db/1"), "", false),
                new Driver.Found.Alive(InstanceId.parse("shop/web/1"), run("shop/web/1"), "", false));
        state = NodeState.empty(state.surroundings());
        on(new NodeEvent.Began(List.of(stopped), Map.of(), Map.of(), found, state.surroundings()));
        assertThat(signalled()).containsExactly("shop/web/1");
        ends("shop/web/1");
        assertThat(signalled()).containsExactly("shop/api/1");
        ends("shop/api/1");
        assertThat(signalled()).containsExactly("shop/db/1");
    }

    @Test
    void whatCannotStartYetBecauseAValueIsUnknownIsNotForgotten_SUP_12() {
        var name = new NodeName("n1");
        on(new NodeEvent.FactsChanged(
                new NodeFacts(name, "", Map.of(), Map.of(), Map.of("domain", new NodeFacts.Unknown("registry silent")))));
        declare(app("a", service("web").environment("DOMAIN", new Template(List.of(new Template.Value("domain"))))));
        assertThat(instance("a/web/1").reason()).isEqualTo("cannot run it yet: value 'domain' is unknown: registry silent");
        on(new NodeEvent.FactsChanged(
                new NodeFacts(name, "", Map.of(), Map.of(), Map.of("domain", new NodeFacts.Known("a.org")))));
        assertThat(launched()).containsExactly("a/web/1");
    }

    @Test
    void aRestartOfOneAppDoesNotWaitForThatOfAnother_SUP_20() {
        declare(app("slow", service("web")));
        comesUp("slow/web/1");
        declare(app("quick", service("web")));
        comesUp("quick/web/1");
        on(new NodeEvent.RestartAsked(state.apps().get(new AppName("slow")), Selector.parse("slow")));
        on(new NodeEvent.RestartAsked(state.apps().get(new AppName("quick")), Selector.parse("quick")));
        ends("quick/web/1");
        assertThat(launched()).containsExactly("quick/web/1");
        ends("slow/web/1");
        assertThat(launched()).containsExactly("slow/web/1");
    }

    @Test
    void whatChangesNothingLeavesTheVeryState() {
        chainUp();
        NodeState before = state;
        happens("shop/db/1", new Event.ProbePassed(run("shop/db/1")));
        assertThat(state).isSameAs(before);
        on(new NodeEvent.FullPass());
        assertThat(state).isSameAs(before);
    }

    @Test
    void aServiceThatIsStartedAfreshFromItsSleepHoldsItsDependantsBackUntilItHasStarted() {
        declare(app("a",
                service("nap").probed().routed("nap.localhost").sleeping(SleepKind.STOP, Duration.ofSeconds(10)),
                service("web").after("nap", Condition.STARTED)));
        comesUp("a/nap/1");
        comesUp("a/web/1");
        on(new NodeEvent.SleepWanted(NAP, SleepKind.STOP, "idle"));
        ends("a/nap/1");
        assertThat(shown("a/nap/1")).isEqualTo(InstanceState.ASLEEP);
        stopAsked("a/web");
        ends("a/web/1");
        startAsked("a");
        assertThat(launched()).containsExactly("a/nap/1");
        happens("a/nap/1", new Event.Started(run("a/nap/1")));
        assertThat(launched()).containsExactly("a/web/1");
    }
}
