package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.testing.ReeveProcess;

/// A node's configuration is watched: what manifests ask of it stays true without a restart of Reeve.
@Tag("it")
class NodeConfigurationTest {
    @TempDir
    Path folder;

    private void configure(String text) throws IOException {
        Path next = Files.writeString(folder.resolve("node.yaml.next"), text);
        Files.move(next, folder.resolve("node.yaml"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void aFeatureThatIsSwitchedOffStopsWhatItGatesAndAWrongFileChangesNothing_SUP_1() throws IOException {
        Path domain = Files.writeString(folder.resolve("domain"), "example.org\n");
        configure("name: n1\nclass: cloud-engine\nfeatures: { gateway: true }\nvalues: { domain: { file: " + domain + " } }\n");
        Path manifest = Files.writeString(folder.resolve("reeve.yaml"), """
                name: ic
                services:
                  gateway: { command: ["sleep", "1000"], enabled: "${features.gateway}", only_on: { class: cloud-engine } }
                  web: { command: ["sleep", "1000"], environment: { DOMAIN: "${values.domain}" } }
                  elsewhere: { command: ["sleep", "1000"], only_on: { class: application } }
                """);
        try (var reeve = new ReeveProcess(folder)) {
            reeve.up("--config", folder.resolve("node.yaml").toString(), "-f", manifest.toString());
            long gateway = reeve.awaitState("ic/gateway/1", "running").pid();
            long web = reeve.awaitState("ic/web/1", "running").pid();
            assertThat(reeve.awaitState("ic/elsewhere/1", "disabled").reason())
                    .isEqualTo("only on class application, this node has cloud-engine");
            assertThat(reeve.instance("ic/web/1").node()).isEqualTo("n1");

            configure("featurs: {}\n");
            await().atMost(ReeveProcess.PATIENCE).until(() -> reeve.client().journal(Optional.of("n1"), 10).stream()
                    .anyMatch(entry -> entry.what().equals("not_configured") && entry.why().contains("featurs")));
            assertThat(reeve.instance("ic/gateway/1").pid()).isEqualTo(gateway);

            configure("name: n1\nclass: cloud-engine\nfeatures: { gateway: false }\nvalues: { domain: { file: " + domain + " } }\n");
            assertThat(reeve.awaitState("ic/gateway/1", "disabled").reason()).isEqualTo("not enabled: ${features.gateway}");
            assertThat(reeve.instance("ic/web/1").pid()).isEqualTo(web);

            Files.delete(domain);
            configure("name: n1\nclass: cloud-engine\nvalues: { domain: { file: " + domain + " } }\n");
            assertThat(reeve.awaitState("ic/web/1", "stopped").reason()).contains("no value 'domain': there is no file");
        }
    }
}
