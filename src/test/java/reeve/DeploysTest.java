package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.SystemTime;
import reeve.model.Address;
import reeve.model.wire.ApplyRequest;
import reeve.model.wire.DeployAnswer;
import reeve.model.wire.DeployRequest;
import reeve.model.wire.RollbackRequest;
import reeve.testing.Load;
import reeve.testing.NeedsProgram;
import reeve.testing.ReeveProcess;

/// A service of two replicas and one of one are deployed again and again, good versions and ones that never serve, under load that
/// repeats no request. `./dev soak deploys` does it 100 times.
@Tag("it")
@NeedsProgram("perl")
class DeploysTest {
    private static final int DEPLOYS = Integer.getInteger("reeve.deploys", 20);

    /// Every so manieth deploy never serves, by turns because it exits and because it does not listen.
    private static final int BROKEN = 10;

    /// Every so manieth is the version before once more.
    private static final int BACK = 7;
    private static final int ANSWERS_BETWEEN = 100;
    private static final Duration TIMEOUT = Duration.ofMinutes(1); // on a machine that does much else
    private static final Duration BROKEN_TIMEOUT = Duration.ofSeconds(3);

    private static final Duration PAUSE = Duration.ofMillis(5);

    private final SystemTime time = new SystemTime();

    @TempDir
    Path folder;

    /// Versions that may answer now.
    private final AtomicReference<Set<String>> allowed = new AtomicReference<>(Set.of("v0"));

    @AfterEach
    void end() {
        time.close();
    }

    @Test
    @DisplayName("no request fails while versions come and go, and what never serves is rolled back")
    void noRequestFailsWhileVersionsComeAndGo() throws IOException {
        try (var reeve = new ReeveProcess(folder)) {
            reeve.up();
            assertThat(deploy(reeve, "v0", "", TIMEOUT).state()).isEqualTo("deployed");
            Address proxy = Address.parse(reeve.httpAddress());
            int rolledBack = 0;
            String before = "v0";
            String now = "v0";
            try (var load = load(proxy)) {
                for (int i = 1; i <= DEPLOYS; i++) {
                    String next = "v" + i;
                    String what = "deploy %d of %d, %s after %s".formatted(i, DEPLOYS, next, now);
                    if (i % BROKEN == 0) {
                        DeployAnswer answer = deploy(reeve, next, i % (2 * BROKEN) == 0 ? "deaf" : "exits", BROKEN_TIMEOUT);
                        assertThat(answer.state()).as(what + ": " + answer).isEqualTo("rolled_back");
                        rolledBack++;
                    } else {
                        next = i % BACK == 0 ? before : next;
                        allowed.set(Set.of(now, next));
                        DeployAnswer answer = i % BACK == 0 ? rollback(reeve) : deploy(reeve, next, "", TIMEOUT);
                        assertThat(answer.state()).as(what + ": " + answer + load.failures()).isEqualTo("deployed");
                        before = now;
                        now = next;
                        allowed.set(Set.of(now));
                    }
                    long enough = load.answers() + ANSWERS_BETWEEN;
                    await().atMost(ReeveProcess.PATIENCE).pollInterval(Duration.ofMillis(10))
                            .until(() -> load.answers() >= enough || !load.failures().isEmpty());
                    assertThat(load.failures()).as(what).isEmpty();
                }
                System.out.println("soak: " + DEPLOYS + " deploys, " + rolledBack + " of them rolled back; " + load.answers()
                        + " requests, 0 failed");
            }
        }
    }

    private Load load(Address proxy) {
        var load = new Load(time, PAUSE);
        for (String host : Set.of("pair", "single")) {
            load.client(host + ", once", () -> question(proxy, host, "POST / HTTP/1.1\r\nContent-Length: 0"));
            load.client(host + ", repeatable", () -> question(proxy, host, "GET / HTTP/1.1"));
            for (int i = 1; i <= 3; i++) {
                load.client(host + ", slow " + i, () -> question(proxy, host, "POST /slow/300 HTTP/1.1\r\nContent-Length: 0"));
            }
        }
        return load;
    }

    private Load.Question question(Address proxy, String host, String head) {
        Set<String> atFirst = allowed.get();
        return new Load.Question(proxy, head + "\r\nHost: " + host + ".localhost\r\n\r\n", answer -> {
            Set<String> any = Stream.concat(atFirst.stream(), allowed.get().stream()).collect(Collectors.toSet());
            return any.contains(answer.body()) ? "" : "answered by " + answer.body() + ", not one of " + any;
        }, () -> false);
    }

    private DeployAnswer deploy(ReeveProcess reeve, String version, String broken, Duration timeout) {
        reeve.client().deploy(new DeployRequest(
                new ApplyRequest(folder.resolve("reeve.yaml").toString(), manifest(version, broken), Map.of()), timeout));
        return over(reeve);
    }

    private static DeployAnswer rollback(ReeveProcess reeve) {
        reeve.client().rollback("a", new RollbackRequest(null, TIMEOUT));
        return over(reeve);
    }

    private static DeployAnswer over(ReeveProcess reeve) {
        return await().atMost(TIMEOUT.plus(ReeveProcess.PATIENCE)).pollInterval(Duration.ofMillis(20))
                .until(() -> reeve.client().rollout("a", Duration.ofSeconds(5)), answer -> !answer.rolling());
    }

    private String manifest(String version, String broken) {
        return """
                name: a
                x-common: &common
                  command: ["perl", "%1$s", "${port}", "%2$s/starts"]
                  environment: { VERSION: "%3$s", BROKEN: "%4$s" }
                services:
                  pair: { <<: *common, deploy: { replicas: 2 }, route: { host: pair.localhost } }
                  single: { <<: *common, route: { host: single.localhost } }
                """.formatted(Path.of("src/test/resources/reeve/quick-server.pl").toAbsolutePath(), folder, version, broken);
    }
}
