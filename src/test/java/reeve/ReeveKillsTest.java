package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.Elapsed;
import reeve.base.SystemTime;
import reeve.base.Waiting;
import reeve.base.os.Processes;
import reeve.model.Address;
import reeve.model.wire.ApplyRequest;
import reeve.model.wire.InstanceRow;
import reeve.testing.Load;
import reeve.testing.NeedsProgram;
import reeve.testing.ReeveProcess;

/// Reeve is killed again and again while its services are used: through the proxy as long as that is there, directly all the time.
/// `./dev soak reeve-kills` does it 100 times.
@Tag("it")
@NeedsProgram("perl")
class ReeveKillsTest {
    private static final int KILLS = Integer.getInteger("reeve.reeve.kills", 15);
    private static final long SEED = Long.getLong("reeve.reeve.seed", 17);
    private static final int SERVICES = 4;
    private static final int LONGEST_LIFE_MILLIS = 600;
    private static final int ANSWERS_WHILE_AWAY = 50;
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final Random random = new Random(SEED);
    private final SystemTime time = new SystemTime();

    /// Where the proxy is; empty where it may be gone. A new one for each life of Reeve.
    private final AtomicReference<Optional<Address>> proxy = new AtomicReference<>(Optional.empty());

    @TempDir
    Path folder;

    @AfterEach
    void end() {
        time.close();
    }

    @Test
    @DisplayName("a killed Reeve takes no service with it, loses nothing it acknowledged, and adopts everything again")
    void aKilledReeveTakesNothingWithIt() throws IOException {
        System.out.println("soak: seed " + SEED + ": " + KILLS + " kills of Reeve");
        var away = new ArrayList<Duration>();
        try (var reeve = new ReeveProcess(folder)) {
            reeve.up();
            apply(reeve, "a", services());
            Map<String, Long> pids = running(reeve);
            try (var direct = directLoad(reeve); var proxied = proxiedLoad()) {
                for (int kill = 1; kill <= KILLS; kill++) {
                    proxy.set(Optional.of(Address.parse(reeve.httpAddress())));
                    Duration life = Duration.ofMillis(1 + random.nextInt(LONGEST_LIFE_MILLIS));
                    Waiting.until(time, life, life, () -> false);
                    away.add(round(reeve, kill, direct));
                    assertThat(running(reeve)).as("kill %d: the same processes", kill).isEqualTo(pids);
                    assertThat(direct.failures()).as("kill %d: direct", kill).isEmpty();
                    assertThat(proxied.failures()).as("kill %d: through the proxy", kill).isEmpty();
                }
                proxy.set(Optional.of(Address.parse(reeve.httpAddress()))); // nobody waits for it any more
                System.out.printf("soak: %d kills of Reeve; %d direct requests and %d through the proxy, 0 failed; %d processes as before; "
                        + "Reeve was away for %d ms (median), %d ms (longest)%n", KILLS, direct.answers(), proxied.answers(), pids.size(),
                        away.stream().sorted().toList().get(KILLS / 2).toMillis(), away.stream().max(Duration::compareTo).orElseThrow()
                                .toMillis());
            }
            for (int i = 1; i <= SERVICES; i++) {
                assertThat(Files.readAllLines(folder.resolve("web" + i))).as("web" + i + " was started once").hasSize(1);
            }
        }
    }

    /// Declares something and kills Reeve as soon as that is acknowledged.
    /// @return how long Reeve was away
    private Duration round(ReeveProcess reeve, int kill, Load direct) {
        String memo = "services: { memo: { command: [sleep, \"1000000\"], environment: { MEMO: \"%d\" }, stop_grace_period: 1s } }";
        apply(reeve, "memo", memo.formatted(kill));
        long newest = newest(reeve);
        proxy.set(Optional.empty());
        reeve.killHard();
        Elapsed killed = time.elapsed();
        long enough = direct.answers() + ANSWERS_WHILE_AWAY;
        await().atMost(ReeveProcess.PATIENCE).pollInterval(Duration.ofMillis(5))
                .until(() -> direct.answers() >= enough || !direct.failures().isEmpty());
        reeve.up();
        Duration away = time.elapsed().since(killed);
        assertThat(reeve.client().apps()).as("kill %d: apps", kill).extracting(app -> app.app()).containsExactly("a", "memo");
        assertThat(newest(reeve)).as("kill %d: the journal goes on", kill).isGreaterThanOrEqualTo(newest);
        await().atMost(ReeveProcess.PATIENCE).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
            InstanceRow row = reeve.instance("memo/memo/1");
            assertThat(row.state()).as("kill %d: %s", kill, row).isEqualTo("running");
            assertThat(Processes.environment(row.pid())).as("kill %d: %s", kill, row).containsEntry("MEMO", String.valueOf(kill));
        });
        return away;
    }

    private static long newest(ReeveProcess reeve) {
        return reeve.client().journal(Optional.empty(), 1).getLast().number();
    }

    private void apply(ReeveProcess reeve, String app, String services) {
        String text = "name: " + app + "\n" + services;
        reeve.client().apply(new ApplyRequest(folder.resolve(app + ".yaml").toString(), text, Map.of()));
    }

    private String services() {
        String server = Path.of("src/test/resources/reeve/quick-server.pl").toAbsolutePath().toString();
        var text = new StringBuilder("services:\n  idle: { command: [sleep, \"1000001\"], deploy: { replicas: 10 } }\n");
        for (int i = 1; i <= SERVICES; i++) {
            text.append("  web%1$d: { command: [perl, \"%2$s\", \"${port}\", \"%3$s/web%1$d\"], route: { host: web%1$d.localhost } }%n"
                    .formatted(i, server, folder));
        }
        return text.toString();
    }

    /// The pids of app `a`, all of which run.
    private static Map<String, Long> running(ReeveProcess reeve) {
        var pids = new TreeMap<String, Long>();
        await().atMost(ReeveProcess.PATIENCE).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
            List<InstanceRow> rows = reeve.client().instances(Optional.empty()).stream().filter(row -> row.app().equals("a")).toList();
            assertThat(rows).hasSize(10 + SERVICES).allSatisfy(row -> assertThat(row.state()).as(row.reason()).isEqualTo("running"));
            rows.forEach(row -> pids.put(row.instance(), row.pid()));
        });
        return pids;
    }

    private Load directLoad(ReeveProcess reeve) {
        var load = new Load(time, PAUSE);
        for (int i = 1; i <= SERVICES; i++) {
            InstanceRow row = reeve.instance("a/web" + i + "/1");
            String pid = String.valueOf(row.pid());
            load.client("direct " + i, () -> question(Address.parse(row.address()), "web", pid, false));
        }
        return load;
    }

    /// Asks through the proxy where it is, and pauses where it is not.
    private Load proxiedLoad() {
        var load = new Load(time, PAUSE);
        for (int i = 1; i <= SERVICES; i++) {
            String host = "web" + i;
            load.client("through the proxy " + i, () -> {
                Waiting.until(time, Duration.ofMillis(2), ReeveProcess.PATIENCE, () -> proxy.get().isPresent());
                return question(proxy.get().orElse(Address.loopback(1)), host, "", true);
            });
        }
        return load;
    }

    /// A connection that breaks is excused where Reeve is killed meanwhile.
    private Load.Question question(Address at, String host, String pid, boolean proxied) {
        Optional<Address> before = proxy.get();
        return new Load.Question(at, "GET / HTTP/1.1\r\nHost: " + host + ".localhost\r\n\r\n",
                answer -> pid.isEmpty() || answer.body().equals(pid) ? "" : "answered by " + answer.body() + " instead of " + pid,
                () -> proxied && (before.isEmpty() || proxy.get() != before));
    }
}
