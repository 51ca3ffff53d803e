package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
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
import reeve.testing.Load;
import reeve.testing.NeedsProgram;
import reeve.testing.RawBackend;
import reeve.testing.ReeveProcess;

/// Routes change their backends, and a service its instances, under load that repeats no request: each answer names where it comes from.
/// `./dev soak routes` does it 1,000 and 100 times under 1,000,000 requests.
@Tag("it")
@NeedsProgram("perl")
class RouteChangesTest {
    private static final int REQUESTS = Integer.getInteger("reeve.routes.requests", 20_000);
    private static final int CHANGES = Integer.getInteger("reeve.routes.changes", 50);
    private static final int REPLACEMENTS = Integer.getInteger("reeve.routes.replacements", 5);
    private static final long SEED = Long.getLong("reeve.routes.seed", 7);
    private static final int HOSTS = 8;
    private static final int BACKENDS = 4;
    private static final Duration PAUSE = Duration.ofMillis(1);
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private final Random random = new Random(SEED);
    private final SystemTime time = new SystemTime();
    private final List<RawBackend> backends = new ArrayList<>();

    /// Who may answer now, by host: `h0` and so on for routes to backends, then the service.
    private final List<AtomicReference<Set<String>>> allowed = new ArrayList<>();
    private final int[] leads = new int[HOSTS];

    @TempDir
    Path folder;

    @AfterEach
    void end() throws IOException {
        for (RawBackend backend : backends) {
            backend.close();
        }
        time.close();
    }

    @Test
    @DisplayName("no request fails or goes astray while routes and instances change")
    void noRequestFailsOrGoesAstrayWhileRoutesAndInstancesChange() throws IOException {
        for (int i = 0; i < BACKENDS; i++) {
            String answer = RawBackend.ok("b" + i);
            backends.add(RawBackend.serving((connection, _) -> {
                while (true) {
                    connection.readMessage();
                    connection.send(answer);
                }
            }));
        }
        for (int i = 0; i < HOSTS; i++) {
            allowed.add(new AtomicReference<>(Set.of("b0")));
        }
        allowed.add(new AtomicReference<>(Set.of("v0")));
        try (var reeve = new ReeveProcess(folder)) {
            reeve.up();
            applyRoutes(reeve);
            deploy(reeve, "v0");
            Address proxy = Address.parse(reeve.httpAddress());
            int replaced = 0;
            try (var load = load(proxy)) {
                for (int i = 1; i <= CHANGES; i++) {
                    String what = "seed " + SEED + ", change " + i;
                    change(reeve);
                    if (i * REPLACEMENTS / CHANGES > replaced) {
                        replaced++;
                        AtomicReference<Set<String>> service = allowed.getLast();
                        service.set(Set.of("v" + (replaced - 1), "v" + replaced));
                        deploy(reeve, "v" + replaced);
                        service.set(Set.of("v" + replaced));
                    }
                    long enough = (long) REQUESTS * i / CHANGES;
                    await().atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofMillis(2))
                            .until(() -> load.answers() >= enough || !load.failures().isEmpty());
                    assertThat(load.failures()).as(what).isEmpty();
                }
                System.out.println("soak: " + CHANGES + " route changes, " + replaced + " replacements of both instances of a service; "
                        + load.answers() + " requests, 0 failed, 0 went astray");
            }
        }
    }

    /// One route leads elsewhere.
    private void change(ReeveProcess reeve) {
        int host = random.nextInt(HOSTS);
        int next = (leads[host] + 1 + random.nextInt(BACKENDS - 1)) % BACKENDS;
        allowed.get(host).set(Set.of("b" + leads[host], "b" + next));
        leads[host] = next;
        applyRoutes(reeve);
        String name = "h" + host + ".localhost";
        String wanted = backends.get(next).address().toString();
        await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(2)).until(() -> reeve.client().routes(Optional.empty()).stream()
                .anyMatch(route -> route.host().equals(name) && wanted.equals(route.to())));
        allowed.get(host).set(Set.of("b" + next));
    }

    private void applyRoutes(ReeveProcess reeve) {
        var text = new StringBuilder("name: r\nroutes:\n");
        for (int i = 0; i < HOSTS; i++) {
            text.append("  - { host: h%d.localhost, path: /, to: \"http://%s\" }%n".formatted(i, backends.get(leads[i]).address()));
        }
        reeve.client().apply(new ApplyRequest(folder.resolve("r.yaml").toString(), text.toString(), Map.of()));
    }

    private void deploy(ReeveProcess reeve, String version) {
        String manifest = """
                name: a
                services:
                  pair:
                    command: ["perl", "%s", "${port}", "%s/starts"]
                    environment: { VERSION: "%s" }
                    deploy: { replicas: 2 }
                    route: { host: h%d.localhost }
                """.formatted(Path.of("src/test/resources/reeve/quick-server.pl").toAbsolutePath(), folder, version, HOSTS);
        reeve.client().deploy(new DeployRequest(new ApplyRequest(folder.resolve("a.yaml").toString(), manifest, Map.of()), TIMEOUT));
        DeployAnswer answer = await().atMost(TIMEOUT.plus(ReeveProcess.PATIENCE)).pollInterval(Duration.ofMillis(20))
                .until(() -> reeve.client().rollout("a", Duration.ofSeconds(5)), one -> !one.rolling());
        assertThat(answer.state()).as("%s", answer).isEqualTo("deployed");
    }

    private Load load(Address proxy) {
        var load = new Load(time, PAUSE);
        for (int i = 0; i <= HOSTS; i++) {
            int host = i;
            load.client("kept, once, h" + i, () -> question(proxy, host, "POST / HTTP/1.1\r\nContent-Length: 0"));
            load.client("kept, repeatable, h" + i, () -> question(proxy, host, "GET / HTTP/1.1"));
            load.client("new, once, h" + i, () -> question(proxy, host, "POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 0"));
        }
        return load;
    }

    private Load.Question question(Address proxy, int host, String head) {
        Set<String> atFirst = allowed.get(host).get();
        return new Load.Question(proxy, head + "\r\nHost: h" + host + ".localhost\r\n\r\n", answer -> {
            var any = new HashSet<>(atFirst);
            any.addAll(allowed.get(host).get());
            return any.contains(answer.body()) ? "" : "answered by " + answer.body() + ", not one of " + any;
        }, () -> false);
    }
}
