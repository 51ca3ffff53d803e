package reeve.front.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.declare.manifest.ManifestReader;
import reeve.front.client.ReeveClient;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.ManifestSource;
import reeve.testing.FakeServer;

/// The page of a fake node, through the real API and client.
final class DashboardTest {
    @TempDir
    Path folder;

    @Test
    void thePageShowsServicesPidsStatesAndRoutes() throws IOException {
        try (var server = wiki()) {
            var dashboard = dashboard(server);
            assertThat(dashboard.html())
                    .contains("<title>here – Reeve</title>", "Reeve 1.2.3", ">wiki</h2>")
                    .contains("<td class=\"name\">web/1</td>", "state rest\">asleep", "state good\">running", "1001", "no request for 10s")
                    .contains("<a href=\"http://wiki.localhost:8080/\">wiki.localhost/</a>", "<th scope=\"col\">PID</th>");
            assertThat(dashboard.text())
                    .contains("Reeve 1.2.3 on here", "web/1  asleep   1001           127.0.0.1:40001",
                            "http://wiki.localhost:8080/  wiki/web");
        }
    }

    @Test
    void thePageTellsClassLabelsUptimeAndTheLastRestarts() throws IOException {
        try (var server = wiki()) {
            for (int i = 1; i <= 5; i++) {
                server.node.put(InstanceId.parse("wiki/web/1"), InstanceState.BACKING_OFF, "ended with exit code " + i);
            }
            server.node.put(InstanceId.parse("wiki/db/1"), InstanceState.FAILED, "gave up");
            var dashboard = dashboard(server);
            assertThat(dashboard.html())
                    .contains("<li class=\"class\">cloud-engine</li>", "<li>rack=r1</li>", ", up 0s")
                    .contains("<h2>Last restarts</h2>", "<td class=\"name\">wiki/db/1</td><td><span class=\"state bad\">failed</span>")
                    .contains("<td class=\"why\">ended with exit code 3</td>").doesNotContain("exit code 2</td>");
            assertThat(dashboard.text())
                    .contains("Reeve 1.2.3 on here (cloud-engine), pid ", ", up 0s", "\nrack=r1\n")
                    .containsPattern("wiki/web/1 +[0-9a-z]+ +backing off +ended with exit code 5\n")
                    .containsPattern("(?s)wiki/db/1 .*wiki/web/1 ");
        }
    }

    @Test
    void oneThatIsUnwellRestartsOnce() throws IOException {
        try (var server = wiki()) {
            server.node.put(InstanceId.parse("wiki/web/1"), InstanceState.REPLACING, "not healthy");
            server.node.put(InstanceId.parse("wiki/web/1"), InstanceState.BACKING_OFF, "not healthy; starts again in 1s");
            server.node.put(InstanceId.parse("wiki/web/1"), InstanceState.REPLACING, "its command changed");
            assertThat(dashboard(server).text()).containsPattern("wiki/web/1 +[0-9a-z]+ +replacing +its command changed\n"
                    + "wiki/web/1 +[0-9a-z]+ +backing off +not healthy; starts again in 1s\n$");
        }
    }

    @Test
    void thePageShowsWhatInstancesUse() throws IOException {
        try (var server = wiki()) {
            assertThat(dashboard(server).html()).contains("<th scope=\"col\" class=\"right\">Memory</th>")
                    .containsPattern("data-label=\"CPU\">[0-9]+[.][0-9]%</td>").contains("data-label=\"memory\">1.5 MiB</td>");
            assertThat(dashboard(server).text()).containsPattern("wiki +STATE +PID +VERSION +ADDRESS +CPU +MEMORY +RESTARTS")
                    .containsPattern("db/1 +running +1001 +127.0.0.1:40001 +[0-9]+[.][0-9]% +1.5 MiB +0 ")
                    .containsPattern("web/1 +asleep +1001 +127.0.0.1:40001 +0 ");
        }
    }

    @Test
    void anEmptyPageSaysWhatToDoNext() throws IOException {
        try (var server = new FakeServer(folder)) {
            assertThat(dashboard(server).html()).contains("No apps.", "reeve up -f examples/hello");
            assertThat(dashboard(server).text()).contains("No apps. Start one: reeve up -f examples/hello");
        }
    }

    @Test
    @DisplayName("class 11, 14: what services and manifests say is text, never markup or control")
    void whatOthersSayIsText() throws IOException {
        try (var server = wiki()) {
            server.node.put(InstanceId.parse("wiki/db/1"), InstanceState.FAILED, "<script>alert(1)</script>\u001b[2J ${env.X}");
            assertThat(dashboard(server).html()).contains("&lt;script&gt;alert(1)&lt;/script&gt;", "${env.X}")
                    .doesNotContain("<script>alert");
            assertThat(dashboard(server).text()).doesNotContain("\u001b");
        }
    }

    @Test
    void thePageLoadsNothingFromElsewhere() throws IOException {
        try (var server = wiki()) {
            String html = dashboard(server).html();
            assertThat(html).doesNotContain("src=", "@import url", "url(")
                    .contains("<style>" + PageParts.STYLE + "</style>", "<script>" + PageParts.SCRIPT + "</script>");
            assertThat(Dashboard.contentSecurityPolicy()).startsWith("default-src 'none'; style-src 'sha256-").doesNotContain("unsafe");
        }
    }

    private FakeServer wiki() throws IOException {
        var server = new FakeServer(folder);
        var source = new ManifestSource(folder.resolve("reeve.yaml"), """
                name: wiki
                services:
                  web: { command: [web, "${port}"], route: { host: wiki.localhost }, sleep: { after: 10s } }
                  db: { command: [db] }
                """, Map.of());
        var read = (ManifestReader.Result.Read) new ManifestReader().read(source);
        server.node.apply(source, read.spec());
        server.node.put(InstanceId.parse("wiki/web/1"), InstanceState.ASLEEP, "no request for 10s");
        return server;
    }

    private static Dashboard dashboard(FakeServer server) {
        return new Dashboard(new ReeveClient(server.socket, Duration.ofSeconds(5), server.time), server.time);
    }
}
