package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.Elapsed;
import reeve.base.SystemTime;
import reeve.base.os.ProcessFacts;
import reeve.base.os.Processes;
import reeve.model.wire.ApplyRequest;
import reeve.model.wire.InstanceRow;
import reeve.testing.Census;
import reeve.testing.NeedsProgram;
import reeve.testing.ReeveProcess;

/// An app of services of many kinds, and a seeded random sequence of kill -9 of services and of Reeve, TERM of Reeve, requests and
/// changed manifests. What runs is counted in `/proc`. `./dev soak kills` does 1,000 and 100 of them.
@Tag("it")
@NeedsProgram({"perl", "setsid"})
class KillsTest {
    private static final int SERVICE_KILLS = Integer.getInteger("reeve.kills.services", 10);
    private static final int REEVE_KILLS = Integer.getInteger("reeve.kills.reeve", 3);
    private static final long SEED = Long.getLong("reeve.kills.seed", 13);
    private static final int MOST_AT_ONCE = Math.clamp(SERVICE_KILLS / 5, 2, 8);

    /// Instances that shall always run: all but two that sleep and two that are done.
    private static final int RUNNING = 28;

    /// PROMISE-13: beyond the back-off.
    private static final Duration BACK_WITHIN = Duration.ofSeconds(2);

    /// The documented back-off: 200 ms, doubled for each run in a row that lived less than 10 s, a tenth longer by chance.
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(220);
    private static final Duration STABLE = Duration.ofSeconds(10);

    /// What has failed so often waits too long for a quick test to be killed again.
    private static final int MOST_FAILURES = 3;

    private final Random random = new Random(SEED);
    private final SystemTime time = new SystemTime();
    private final Census census = new Census("REEVE_TEST_MARK=kills-" + ProcessHandle.current().pid());
    private final Map<String, Known> known = new TreeMap<>();

    @TempDir
    Path folder;

    private ReeveProcess reeve;
    private int generation = 1;
    private int serviceKills;
    private int reeveKills;
    private int terms;
    private int applies;
    private int requests;
    private Duration latest = Duration.ZERO;

    /// What the test knows of an instance that shall always run.
    /// @param failures  at least as many runs in a row lived too short
    /// @param since     when it was last seen to be back
    /// @param restarts  how often this Reeve has started it again
    private record Known(long pid, int failures, Elapsed since, int restarts) {}

    /// A kill whose instance must come back.
    private record Killed(String instance, ProcessFacts program, Elapsed at, Duration backoff) {}

    @AfterEach
    void end() {
        time.close();
    }

    @Test
    @DisplayName("PROMISE-13 whatever is killed, there is never a second copy nor an orphan, and what shall run is back in time")
    void whateverIsKilledIsBackOnceAndInTime() throws IOException {
        System.out.println("soak: seed " + SEED + ": " + SERVICE_KILLS + " service kills, " + REEVE_KILLS + " Reeve kills");
        try (var node = new ReeveProcess(folder)) {
            reeve = node;
            reeve.up("-f", Files.writeString(folder.resolve("reeve.yaml"), manifest()).toString());
            settle();
            while (serviceKills < SERVICE_KILLS || reeveKills < REEVE_KILLS) {
                step();
            }
            assertThat(Files.readAllLines(folder.resolve("once"))).as("a one-shot runs once").hasSize(1);
            assertThat(reeve.instance("a/once/1").state()).isEqualTo("done");
        }
        await().atMost(ReeveProcess.PATIENCE).untilAsserted(() -> assertThat(census.left()).isEmpty());
        System.out.printf("soak: %d service kills, %d Reeve kills, %d TERM of Reeve, %d changed manifests, %d requests; "
                + "latest return beyond the back-off %d ms%n", serviceKills, reeveKills, terms, applies, requests, latest.toMillis());
    }

    private String manifest() {
        String server = Path.of("src/test/resources/reeve/quick-server.pl").toAbsolutePath().toString();
        return """
                name: a
                x-common: &common
                  environment: { REEVE_TEST_MARK: "%1$s" }
                  stop_grace_period: 300ms
                services:
                  plain: { <<: *common, command: ["sleep", "1000001"], deploy: { replicas: 12 } }
                  family: { <<: *common, command: ["sh", "-c", "sleep 1000002 & sleep 1000003 & wait"], deploy: { replicas: 4 } }
                  outsider: { <<: *common, command: ["sh", "-c", "setsid sleep 1000004 & wait"], deploy: { replicas: 2 } }
                  stubborn: { <<: *common, command: ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"], deploy: { replicas: 3 } }
                  bottom: { <<: *common, command: ["sleep", "1000005"] }
                  middle: { <<: *common, command: ["sleep", "1000006"], depends_on: [bottom] }
                  top: { <<: *common, command: ["sleep", "1000007"], depends_on: [middle, once-done] }
                  changing:
                    <<: *common
                    command: ["sleep", "%2$d"]
                    deploy: { replicas: 2 }
                  web:
                    <<: *common
                    command: ["perl", "%3$s", "${port}", "%4$s/web"]
                    deploy: { replicas: 2 }
                    route: { host: web.localhost }
                  freezes:
                    <<: *common
                    command: ["perl", "%3$s", "${port}", "%4$s/freezes"]
                    route: { host: freezes.localhost }
                    sleep: { after: 500ms }
                  stops:
                    <<: *common
                    command: ["perl", "%3$s", "${port}", "%4$s/stops"]
                    route: { host: stops.localhost }
                    sleep: { after: 500ms, how: stop }
                  once: { <<: *common, command: ["sh", "-c", "echo ran >> %4$s/once"], restart: "no" }
                  once-done: { <<: *common, command: ["true"], restart: "no" }
                """.formatted(mark(), 2_000_000 + generation, server, folder);
    }

    private String mark() {
        return "kills-" + ProcessHandle.current().pid();
    }

    private void step() throws IOException {
        int left = SERVICE_KILLS - serviceKills;
        int steps = (left + MOST_AT_ONCE / 2 - 1) / (MOST_AT_ONCE / 2);
        boolean ofReeve = random.nextInt(steps + REEVE_KILLS - reeveKills) >= steps;
        if (ofReeve) {
            killReeve();
        } else {
            for (InstanceRow row : back(killServices(1 + random.nextInt(Math.min(left, MOST_AT_ONCE))), Optional.empty())) {
                Known before = known.get(row.instance());
                known.put(row.instance(), new Known(row.pid(), failures(row.instance()) + 1, time.elapsed(), before.restarts + 1));
            }
        }
        switch (random.nextInt(8)) {
            case 0 -> changeManifest();
            case 1 -> termReeve();
            default -> ask();
        }
        settle();
    }

    /// Picks services that run and kills their programs.
    private List<Killed> killServices(int most) {
        var programs = census.programs();
        var able = new ArrayList<>(known.keySet().stream().filter(id -> failures(id) < MOST_FAILURES).toList());
        List.of("a/freezes/1", "a/stops/1").stream().filter(programs::containsKey)
                .filter(id -> reeve.instance(id).state().equals("running")).forEach(able::add);
        Collections.shuffle(able, random);
        var killed = new ArrayList<Killed>();
        for (String id : able.subList(0, Math.min(most, able.size()))) {
            ProcessFacts program = programs.get(id);
            if (Processes.signal(program.pid(), program.startTicks(), Processes.SIGKILL)) {
                serviceKills++;
                if (known.containsKey(id)) { // a sleeper comes back with the next request
                    killed.add(new Killed(id, program, time.elapsed(), FIRST_BACKOFF.multipliedBy(1L << failures(id))));
                }
            }
        }
        return killed;
    }

    private int failures(String id) {
        Known instance = known.get(id);
        return time.elapsed().since(instance.since).compareTo(STABLE) >= 0 ? 0 : instance.failures;
    }

    /// Awaits that all killed instances run again, each in its time.
    /// @param from what the time is counted from where that was not the kill
    /// @return the rows in which they were first seen to be back
    private List<InstanceRow> back(List<Killed> killed, Optional<Elapsed> from) {
        var waiting = new ArrayList<>(killed);
        var back = new ArrayList<InstanceRow>();
        await().atMost(ReeveProcess.PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            Map<String, InstanceRow> rows = rows();
            Elapsed now = time.elapsed();
            for (Killed one : List.copyOf(waiting)) {
                InstanceRow row = rows.get(one.instance);
                Duration late = now.since(from.orElse(one.at).plus(one.backoff));
                assertThat(late).as("after its back-off of %s, until it was back: %s, now %s", one.backoff, one, row)
                        .isLessThan(BACK_WITHIN);
                if (runsAgain(row, one)) {
                    waiting.remove(one);
                    back.add(row);
                    latest = late.compareTo(latest) > 0 ? late : latest;
                }
            }
            return waiting.isEmpty();
        });
        return back;
    }

    private static boolean runsAgain(InstanceRow row, Killed killed) {
        return row.state().equals("running") && row.pid() != null && row.pid() != killed.program.pid();
    }

    /// kill -9 of Reeve, in a third of the cases just after or before kills of services.
    private void killReeve() {
        List<Killed> killed = new ArrayList<>();
        int left = SERVICE_KILLS - serviceKills;
        boolean more = left > 0 && random.nextInt(3) == 0;
        boolean first = random.nextBoolean();
        if (more && first) {
            killed.addAll(killServices(1));
        }
        reeve.killHard();
        reeveKills++;
        if (more && !first) {
            killed.addAll(killServicesBlindly());
        }
        upAgain(killed);
    }

    /// While no Reeve is there to ask.
    private List<Killed> killServicesBlindly() {
        var ids = new ArrayList<>(known.keySet());
        Collections.shuffle(ids, random);
        String id = ids.getFirst();
        ProcessFacts program = census.programs().get(id);
        Processes.signal(program.pid(), program.startTicks(), Processes.SIGKILL);
        serviceKills++;
        return List.of(new Killed(id, program, time.elapsed(), FIRST_BACKOFF));
    }

    private void termReeve() {
        reeve.interrupt();
        terms++;
        upAgain(List.of());
    }

    private void upAgain(List<Killed> killed) {
        known.replaceAll((id, instance) -> new Known(instance.pid, 0, instance.since, 0)); // a new Reeve counts anew
        reeve.up();
        Elapsed up = time.elapsed();
        for (InstanceRow row : back(killed, Optional.of(up))) {
            // the old Reeve, the new one, or, where it had to wait for its turn, nobody counted this start as one more
            assertThat(row.restarts()).as("restarts of %s", row).isBetween(0, 1);
            known.put(row.instance(), new Known(row.pid(), 1, time.elapsed(), row.restarts()));
        }
    }

    private void changeManifest() throws IOException {
        generation++;
        applies++;
        Path file = Files.writeString(folder.resolve("reeve.yaml"), manifest());
        reeve.client().apply(new ApplyRequest(file.toString(), manifest(), Map.of()));
        for (String id : List.of("a/changing/1", "a/changing/2")) {
            Known before = known.get(id);
            await().atMost(ReeveProcess.PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
                InstanceRow row = reeve.instance(id);
                return row.state().equals("running") && row.pid() != null && row.pid() != before.pid;
            });
            known.put(id, new Known(reeve.instance(id).pid(), before.failures, time.elapsed(), before.restarts));
        }
    }

    /// A service that was just killed and sleeps, or is still starting, may refuse; in the end each must answer.
    private void ask() {
        for (String host : List.of("web.localhost", "freezes.localhost", "stops.localhost")) {
            await().atMost(BACK_WITHIN.multipliedBy(3)).pollDelay(Duration.ZERO).untilAsserted(() -> {
                requests++;
                HttpResponse<String> answer = reeve.get(host, "/");
                assertThat(answer.statusCode()).as(host + ": " + answer.body()).isEqualTo(200);
            });
        }
    }

    /// Everything that shall run runs, as the same process as before, and counted rightly; nothing else does.
    private void settle() {
        await().atMost(ReeveProcess.PATIENCE).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
            assertThat(census.orphans()).as("orphans").isEmpty();
            assertThat(rows().values()).hasSize(RUNNING + 4)
                    .allSatisfy(row -> assertThat(row.state()).isIn("running", "done", "asleep", "falling_asleep"));
        });
        Map<String, ProcessFacts> programs = census.programs();
        rows().forEach((id, row) -> {
            if (row.state().equals("done") || row.service().equals("freezes") || row.service().equals("stops")) {
                return;
            }
            known.putIfAbsent(id, new Known(row.pid(), 0, time.elapsed(), 0));
            Known instance = known.get(id);
            assertThat(programs).as("the program of " + row).containsKey(id);
            assertThat(programs.get(id).pid()).as(id).isEqualTo(row.pid()).isEqualTo(instance.pid);
            assertThat(row.restarts()).as("restarts of " + row).isEqualTo(instance.restarts);
        });
        assertThat(known).hasSize(RUNNING);
    }

    private Map<String, InstanceRow> rows() {
        var rows = new TreeMap<String, InstanceRow>();
        reeve.client().instances(Optional.empty()).forEach(row -> rows.put(row.instance(), row));
        return rows;
    }
}
