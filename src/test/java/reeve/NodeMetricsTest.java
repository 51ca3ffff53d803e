package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.Metric;
import reeve.run.reconcile.ServiceCounters;
import reeve.testing.Counts;
import reeve.testing.ReeveProcess;

/// What a node tells Prometheus, and what `docs/metrics.md` says of it; `-Dreeve.rewrite=true` writes its table anew.
class NodeMetricsTest {
    private static final Path PAGE = Path.of("docs/metrics.md");
    private static final Pattern TABLE = Pattern.compile("(?s)(?<=\\| metric \\| kind \\| labels \\| what it is \\|\n).*?\n(?=\n)");

    private static List<Metric> all() {
        return NodeMetrics.all(Optional.of("process"));
    }

    @Test
    @DisplayName("no metric's name is the beginning of another's, so that a prefix names one of them")
    void namesAreFreeOfPrefixes() {
        List<String> names = all().stream().map(Metric::name).toList();
        assertThat(names).doesNotHaveDuplicates().allSatisfy(name -> assertThat(names)
                .filteredOn(other -> !other.equals(name)).noneMatch(other -> other.startsWith(name)));
        assertThat(all()).allSatisfy(metric -> assertThat(metric.help()).endsWith("."));
    }

    @Test
    void thePageListsEveryMetric() throws IOException {
        String rows = "|---|---|---|---|\n" + all().stream().map(NodeMetricsTest::row).collect(Collectors.joining());
        String page = Files.readString(PAGE);
        String fresh = TABLE.matcher(page).replaceFirst(Matcher.quoteReplacement(rows));
        if (Boolean.getBoolean("reeve.rewrite")) {
            Files.writeString(PAGE, fresh);
        }
        assertThat(fresh).contains(rows);
        assertThat(Files.readString(PAGE)).isEqualTo(fresh);
    }

    private static String row(Metric metric) {
        String labels = metric.labels().stream().map(label -> "`" + label + "`").collect(Collectors.joining(" "));
        return "| `" + metric.name() + "` | " + metric.kind().word() + " | " + labels + " | " + metric.help() + " |\n";
    }

    @Test
    void attemptsAreCountedUnderTheOrchestratorsNamesWhereThatIsChosen() {
        var counts = new Counts();
        NodeMetrics.withOrchestratorNames(counts, Optional.of("process")).add(ServiceCounters.START_ATTEMPTS, "node", "ic-gateway");
        NodeMetrics.withOrchestratorNames(counts, Optional.of("process")).add(ServiceCounters.STOP_ATTEMPTS, "node", "replica");
        NodeMetrics.withOrchestratorNames(counts, Optional.empty()).add(ServiceCounters.START_ATTEMPTS, "node", "ic-gateway");

        List<Metric> names = NodeMetrics.orchestratorNames("process");
        assertThat(names).extracting(Metric::name)
                .containsExactly("orchestrator_processes_start_attempts_total", "orchestrator_processes_stop_attempts_total");
        assertThat(counts.of(names.getFirst(), "ic-gateway")).isEqualTo(1);
        assertThat(counts.of(names.getLast(), "replica")).isEqualTo(1);
        assertThat(counts.of(ServiceCounters.START_ATTEMPTS, "node", "ic-gateway")).isEqualTo(2);
    }

    @Test
    @Tag("it")
    @DisplayName("SUP-17: a real node tells exactly the metrics of the page, and adds no attempt while nothing happens")
    void aRealNodeTellsWhatThePageSays(@TempDir Path folder) throws Exception {
        try (var reeve = new ReeveProcess(folder)) {
            reeve.up("-f", Path.of("examples", "hello").toAbsolutePath().toString());
            reeve.awaitState("hello/hello/1", "running");
            assertThat(reeve.get("hello.localhost", "/").statusCode()).isEqualTo(200);
            reeve.get("nobody.localhost", "/");
            String starts = "reeve_service_start_attempts_total{app=\"hello\",service=\"hello\"} 1.0";
            await().atMost(ReeveProcess.PATIENCE).until(() -> metrics(reeve, folder, "metrics-token").body(), text -> text.contains(starts)
                    && text.contains("reeve_proxy_requests_total{app=\"hello\",class=\"2xx\",service=\"hello\"} 1.0")
                    && text.contains("reeve_proxy_requests_total{app=\"\",class=\"4xx\",service=\"\"} 1.0"));
            await().during(Duration.ofSeconds(3)).atMost(ReeveProcess.PATIENCE).pollInterval(Duration.ofMillis(300))
                    .until(() -> metrics(reeve, folder, "token").body(), text -> text.contains(starts)
                            && !text.contains("reeve_service_stop_attempts_total{"));

            Set<String> told = Pattern.compile("(?m)^# TYPE ([a-z_]+) ").matcher(metrics(reeve, folder, "token").body()).results()
                    .map(match -> match.group(1)).collect(Collectors.toSet());
            assertThat(NodeMetrics.ALL).extracting(Metric::name).containsExactlyInAnyOrderElementsOf(told);
            assertThat(reeve.run("metrics", "check", "--max", "reeve_service_start_attempts_total=1", "--max",
                    "reeve_service_stop_attempts_total=0").exitCode()).isZero();
            assertThat(reeve.run("metrics", "check", "--max", "reeve_service_start_attempts_total=0").exitCode()).isEqualTo(1);

            Files.writeString(folder.resolve("state").resolve("other"), "another-token");
            assertThat(metrics(reeve, folder, "other").statusCode()).isEqualTo(401);
        }
    }

    /// Asks the admin listener with what stands in a file of the state folder.
    private static HttpResponse<String> metrics(ReeveProcess reeve, Path folder, String tokenFile) throws Exception {
        String token = Files.readString(folder.resolve("state").resolve(tokenFile)).strip();
        var request = HttpRequest.newBuilder(URI.create("http://" + reeve.client().node().admin() + "/metrics"))
                .header("Authorization", "Bearer " + token).build();
        return reeve.http().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
