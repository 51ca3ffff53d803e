package reeve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.model.Selector;
import reeve.model.wire.ExplainAnswer.HeldByRow;
import reeve.model.wire.RequestExplainAnswer;
import reeve.testing.ReeveProcess;

/// The reasons that real rooms give, recognised.
@Tag("it")
class ExplainEndToEndTest {
    @Test
    void everyServiceNamesTheGuardThatHoldsIt(@TempDir Path folder) throws Exception {
        Path manifest = Files.writeString(folder.resolve("reeve.yaml"), """
                name: app
                services:
                  plain: { command: [sleep, "1000"] }
                  gated: { command: [sleep, "1000"], only_on: { class: cloud-engine } }
                  flagged: { command: [sleep, "1000"], enabled: "${features.gateway}" }
                  missing: { command: [sleep, "${values.nothing}"] }
                  crashing: { command: [sh, -c, "sleep 0.2; exit 3"] }
                  limited: { command: [sh, -c, exit 3], restart: "on-failure:2" }
                  never: { command: [sh, -c, exit 3], restart: "no" }
                  once: { command: ["true"], restart: "no" }
                  deaf: { command: [sleep, "1000"], environment: { P: "${port}" }, healthcheck: { tcp: true, interval: 1s } }
                  behind: { command: [sleep, "1000"], depends_on: { deaf: { condition: service_healthy } } }
                  stopped: { command: [sleep, "1000"] }
                """);
        try (var reeve = new ReeveProcess(folder)) {
            reeve.up("-f", manifest.toString());
            reeve.awaitState("app/stopped/1", "running");
            reeve.client().stop(Selector.parse("app/stopped"));
            reeve.awaitState("app/stopped/1", "stopped");
            reeve.awaitState("app/limited/1", "failed");
            reeve.awaitState("app/never/1", "failed");
            reeve.awaitState("app/once/1", "done");
            reeve.awaitState("app/crashing/1", "backing_off");
            Map<String, String> guards = reeve.client().explain(Selector.parse("app")).heldBy().stream()
                    .collect(Collectors.toMap(row -> row.subject().split("/")[1], HeldByRow::guard));
            assertThat(guards).containsOnlyKeys("plain", "gated", "flagged", "missing", "crashing", "limited", "never", "once", "deaf",
                    "behind", "stopped")
                    .containsEntry("plain", "declaration").containsEntry("gated", "gate").containsEntry("flagged", "gate")
                    .containsEntry("missing", "input").containsEntry("limited", "start_limit").containsEntry("never", "restart_policy")
                    .containsEntry("once", "done").containsEntry("deaf", "probe").containsEntry("behind", "dependency")
                    .containsEntry("stopped", "user");
            assertThat(guards.get("crashing")).isIn("back_off", "start", "declaration"); // it moves on meanwhile
        }
    }

    @Test
    void theProxyDoesWhatExplainSaysOfAUrl(@TempDir Path folder) throws Exception {
        Path manifest = Files.writeString(folder.resolve("reeve.yaml"), """
                name: shop
                services:
                  web: { command: [quick-server, "${port}", /dev/null], route: { host: shop.localhost } }
                  off: { command: [quick-server, "${port}", /dev/null], route: { host: shop.localhost, path: /off } }
                """.replace("quick-server", "\"perl\", \"" + Path.of("src/test/resources/reeve/quick-server.pl").toAbsolutePath() + "\""));
        try (var reeve = new ReeveProcess(folder)) {
            reeve.up("-f", manifest.toString());
            reeve.awaitState("shop/web/1", "running");
            reeve.client().stop(Selector.parse("shop/off"));
            reeve.awaitState("shop/off/1", "stopped");
            for (String url : List.of("shop.localhost/cart", "shop.localhost/off/x", "shp.localhost/")) {
                RequestExplainAnswer explained = reeve.client().explain("http://" + url);
                int slash = url.indexOf('/');
                int status = reeve.get(url.substring(0, slash), url.substring(slash)).statusCode();
                assertThat(status).as(explained.toString()).isEqualTo(explained.status() == null ? 200 : explained.status());
            }
            assertThat(reeve.run("explain", "shp.localhost").out()).contains("did you mean 'shop.localhost'?");
        }
    }
}
