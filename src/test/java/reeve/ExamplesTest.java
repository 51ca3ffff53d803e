package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.model.wire.JournalRow;
import reeve.testing.NeedsProgram;
import reeve.testing.ReeveProcess;

/// What stands in `examples/` does what it says.
@Tag("it")
class ExamplesTest {
    @TempDir
    Path folder;

    private ReeveProcess reeve;

    @BeforeEach
    void begin() {
        reeve = new ReeveProcess(folder);
    }

    @AfterEach
    void end() {
        reeve.close();
    }

    private static String example(String name) {
        return Path.of("examples", name).toAbsolutePath().toString();
    }

    @Test
    void helloIsWellAndASecondUpInTheBackgroundOnlyApplies() {
        assertThat(reeve.run("check", "-f", example("hello")).out()).isEqualTo("All is well.\n");
        reeve.up("-f", example("hello"));
        reeve.awaitState("hello/nap/1", "running");
        ReeveProcess.Ran again = reeve.run("up", "-d", "-f", example("hello"));
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.out()).contains("Reeve runs here already", "hello: nothing changed", "http://nap.localhost:");
    }

    /// `scripts/training.yaml`; should it be wrong, the launcher only starts slower and nobody knows why.
    @Test
    void whatTheLauncherShowsToAJvmIsWell() {
        String training = Path.of("scripts", "training.yaml").toAbsolutePath().toString();
        assertThat(reeve.run("check", "-f", training).out()).isEqualTo("All is well.\n");
    }

    @Test
    @NeedsProgram("redis-server")
    void theShopSellsWhatRedisRemembersAndStopsInReverse() throws IOException, InterruptedException {
        reeve.up("-f", example("shop"));
        for (String service : List.of("redis", "api", "web")) {
            reeve.awaitState("shop/" + service + "/1", "running");
        }
        assertThat(reeve.get("shop.localhost", "/").body()).contains("<td>tea</td><td>12 left</td>");
        var buy = HttpRequest.newBuilder(reeve.request("shop.localhost", "/buy/tea"), (_, _) -> true)
                .POST(HttpRequest.BodyPublishers.noBody()).build();
        assertThat(reeve.http().send(buy, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(303);
        assertThat(reeve.get("shop.localhost", "/").body()).contains("<td>tea</td><td>11 left</td>");

        assertThat(reeve.run("down", "shop").exitCode()).isZero();
        await().atMost(ReeveProcess.PATIENCE).until(() -> ended().size() == 3);
        assertThat(ended()).containsExactly("shop/web/1", "shop/api/1", "shop/redis/1");
        assertThat(reeve.client().apps()).isEmpty();
    }

    /// The shop's instances in the order in which they stopped.
    private List<String> ended() {
        return reeve.client().journal(Optional.of("shop"), 1000).stream()
                .filter(entry -> entry.what().equals("stopped")).map(JournalRow::subject).distinct().toList();
    }
}
