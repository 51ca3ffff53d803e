package reeve;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.Elapsed;
import reeve.base.SystemTime;
import reeve.model.Selector;
import reeve.testing.ReeveProcess;

@Tag("it")
class StatusPageTest {
    private static final int LOOKS = 20;

    @TempDir
    Path folder;

    @Test
    @DisplayName("SUP-20: the page answers within 100 ms while a service that ignores TERM is being stopped")
    void thePageWaitsForNoStop_SUP_20() throws Exception {
        Path manifest = Files.writeString(folder.resolve("reeve.yaml"), """
                name: app
                services:
                  stubborn: { command: [sh, -c, "trap '' TERM; while :; do sleep 1; done"], stop_grace_period: 8s }
                  other: { command: [sleep, "1000"] }
                """);
        try (var time = new SystemTime(); var reeve = new ReeveProcess(folder)) {
            reeve.up("-f", manifest.toString());
            reeve.awaitState("app/stubborn/1", "running");
            URI page = URI.create("http://" + reeve.client().node().admin() + "/");
            look(reeve, page); // the first one loads classes
            reeve.client().stop(Selector.parse("app/stubborn"));
            reeve.awaitState("app/stubborn/1", "stopping");
            var took = new ArrayList<Duration>();
            for (int i = 0; i < LOOKS; i++) {
                Elapsed before = time.elapsed();
                String text = look(reeve, page);
                took.add(time.elapsed().since(before));
                assertThat(text).containsPattern("stubborn/1 +stopping ").containsPattern("other/1 +running ");
            }
            assertThat(Collections.min(took)).isLessThan(Duration.ofMillis(100));
            assertThat(Collections.max(took)).isLessThan(Duration.ofSeconds(2)); // others use this machine too
        }
    }

    private static String look(ReeveProcess reeve, URI page) throws Exception {
        var request = HttpRequest.newBuilder(page).header("Accept", "text/plain").timeout(Duration.ofSeconds(10)).build();
        return reeve.http().send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
}
