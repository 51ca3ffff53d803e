package reeve.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reeve.model.Address;
import reeve.model.AppSpec;
import reeve.model.Gate;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.InstanceStatus;
import reeve.model.NodeFacts;
import reeve.model.NodeName;
import reeve.model.Selector;
import reeve.model.Template;
import reeve.model.wire.ExplainAnswer.HeldByRow;
import reeve.run.reconcile.Apps;
import reeve.testing.Specs;

class HeldByTest {
    private static final Instant SINCE = Instant.parse("2026-01-05T08:00:00.400Z");
    private static final NodeFacts FACTS = new NodeFacts(new NodeName("here"), "web", Map.of("rack", "r1"), Map.of(), Map.of());

    private static InstanceStatus status(String id, InstanceState state, boolean runs, String reason) {
        return new InstanceStatus(InstanceId.parse(id), new NodeName("here"), state, runs ? OptionalLong.of(7) : OptionalLong.empty(),
                Optional.of(Address.loopback(4000)), 0, SINCE, reason);
    }

    private static List<HeldByRow> heldBy(AppSpec app, InstanceStatus... instances) {
        var status = new Apps.AppStatus(app, Specs.source("wiki"), SINCE, Map.<String, Path>of(), Map.of());
        return HeldBy.of(Selector.parse("wiki"), new Apps.Snapshot(List.of(status), Arrays.asList(instances)), FACTS,
                _ -> Optional.empty());
    }

    private static String held(Specs.Service service, InstanceState state, boolean runs, String reason) {
        HeldByRow row = heldBy(Specs.app("wiki", service), status("wiki/web/1", state, runs, reason)).getFirst();
        assertThat(row.subject()).isEqualTo("wiki/web/1");
        return row.guard() + ": " + row.words();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "RUNNING | started | declaration: it runs as declared",
        "BACKING_OFF | ended; starts again in 3.3s; held back: many services failed at once "
                + "| breaker: held back: many services failed at once; `reeve start wiki/web` starts it now",
        "FAILED | ended with exit code 3 after 1.0s; next run at 2026-01-06 03:30 +01:00 "
                + "| schedule: next run at 2026-01-06 03:30 +01:00; `reeve start wiki/web` runs it now",
        "STARTING | waits for db (service_healthy), which is starting | dependency: depends_on db (service_healthy), which is starting",
        "STARTING | fetching docker.io/library/nginx | start: it is being started: fetching docker.io/library/nginx",
        "BACKING_OFF | ended with exit code 3 after 1.0s; starts again in 3.3s "
                + "| back_off: back-off of 3.3s until 2026-01-05T08:00:03Z: ended with exit code 3 after 1.0s",
        "BACKING_OFF | cannot start it: no such file; starts again in 0.050s "
                + "| back_off: back-off of 0.050s until 2026-01-05T08:00:00Z: cannot start it: no such file",
        "BACKING_OFF | ended; starts again in 1m30s | back_off: back-off of 1m30s until 2026-01-05T08:01:30Z: ended",
        "FAILED | ended with exit code 3 after 0.1s; gave up: 5 in a row (crash) "
                + "| start_limit: start limit reached (crash 5 of 5); `reeve start wiki/web` resets it",
        "FAILED | ended with exit code 3 after 0.1s; gave up after 2 attempts "
                + "| start_limit: start limit reached (2 of 2); `reeve start wiki/web` resets it",
        "FAILED | ended with exit code 3 after 0.1s "
                + "| restart_policy: its restart policy starts it no more; `reeve start wiki/web` resets it",
        "STOPPED | stopped by a user | user: stopped by a user, since 2026-01-05T08:00:00Z; `reeve start wiki/web` starts it",
        "STOPPED | cannot run it: no value 'domain': not configured | input: cannot run it: no value 'domain': not configured",
        "ASLEEP | idle for 10s | sleep: asleep since 2026-01-05T08:00:00Z, idle for 10s; a request or `reeve wake wiki/web` wakes it",
        "STOPPING | stopped by a user | stop: it has until 2026-01-05T08:00:05Z to end, then it is killed: stopped by a user",
        "CONFLICT | a container of that name is not ours | conflict: a container of that name is not ours",
        "UNKNOWN | the runtime does not answer | runtime: the runtime does not answer",
        "UNHEALTHY | unhealthy, 3 probes failed | probe: unhealthy, 3 probes failed",
        "DONE | ended with exit code 0 | done: it has done what it was for; `reeve start wiki/web` runs it again"})
    void everyStateHasItsGuard(InstanceState state, String reason, String words) {
        assertThat(held(Specs.service("web"), state, state == InstanceState.RUNNING, reason)).isEqualTo(words);
    }

    @Test
    void aProbeThatHasNotPassedHoldsWhatRuns() {
        assertThat(held(Specs.service("web").probed(), InstanceState.STARTING, true, "started")).startsWith("probe: healthcheck");
    }

    @Test
    void aClosedGateIsNamedInTheManifestsWords() {
        var byClass = Specs.service("web").gated(new Gate(Map.of("class", Set.of("cloud-engine")), Template.text("true")));
        assertThat(held(byClass, InstanceState.DISABLED, false, "x")).isEqualTo("gate: only_on class=cloud-engine, this node has web");
        var byLabel = Specs.service("web").gated(new Gate(Map.of("zone", Set.of("b", "a")), Template.text("true")));
        assertThat(held(byLabel, InstanceState.DISABLED, false, "x")).isEqualTo("gate: only_on zone=a|b, this node has none");
        var byFeature = Specs.service("web").gated(new Gate(Map.of(), Template.text("false")));
        assertThat(held(byFeature, InstanceState.DISABLED, false, "x")).startsWith("gate: enabled: ");
    }

    @Test
    void anOldInstanceIsHeldByTheRolloutUntilTheNewOneIsHealthy() {
        AppSpec wiki = Specs.app("wiki", Specs.service("web"));
        assertThat(heldBy(wiki, status("wiki/web/1", InstanceState.RUNNING, true, "started"),
                status("wiki/web/2", InstanceState.STARTING, true, "takes the place of wiki/web/1"))).extracting(HeldByRow::guard)
                .containsExactly("rollout", "probe");
        assertThat(heldBy(wiki, status("wiki/web/1", InstanceState.RUNNING, true, "started"),
                status("wiki/web/2", InstanceState.BACKING_OFF, false, "ended; starts again in 1s")).getFirst().words())
                .isEqualTo("waits for wiki/web/2 to be healthy, which is backing_off");
    }

    @Test
    void aServiceWithoutInstancesIsHeldByItsScale() {
        assertThat(heldBy(Specs.app("wiki", Specs.service("web").replicas(0)))).containsExactly(
                new HeldByRow("wiki/web", "scale", "0 replicas are declared"));
    }
}
