package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.testing.ReeveProcess;

/// What people are told when a file that a service needs is new, changed or missing.
@Tag("it")
class ChangedInputsTest {
    private static final String SERVICE = """
            name: wiki
            services:
              web:
                command: ["${java.home}/bin/jwebserver", "-b", "127.0.0.1", "-p", "${port}"]
                route: { host: wiki.localhost }
            """;

    @TempDir
    Path folder;

    private Path manifest(String more) throws IOException {
        return Files.writeString(folder.resolve("reeve.yaml"), SERVICE + more);
    }

    @Test
    void whatANewManifestLacksIsRefusedAndWhatGoesMissingStopsWhatNeedsIt_SUP_12() throws IOException {
        try (var reeve = new ReeveProcess(folder)) {
            Path file = manifest("");
            reeve.up("-f", file.toString());
            reeve.awaitState("wiki/web/1", "running");
            Files.writeString(folder.resolve("web.env"), "COLOUR=green\n");
            manifest("    env_file: web.env\n");
            assertThat(reeve.run("plan", "-f", file.toString()).out()).contains("restart wiki/web: ", "env_file");

            manifest("    secrets: [key]\nsecrets: { key: { file: no-such-key } }\n");
            String lacks = "secret 'key', file " + folder.resolve("no-such-key") + ": there is no such file";
            assertThat(reeve.run("plan", "-f", file.toString()).out()).contains("refuse wiki/web: it needs " + lacks);
            ReeveProcess.Ran refused = reeve.run("apply", "-f", file.toString());
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.err()).isEqualTo("reeve: cannot apply wiki: web needs " + lacks + "\n");
            assertThat(reeve.instance("wiki/web/1").state()).isEqualTo("running");

            Files.writeString(folder.resolve("no-such-key"), "now there is");
            assertThat(reeve.run("apply", "-f", file.toString()).exitCode()).isZero();
            reeve.awaitState("wiki/web/2", "running");
            Files.delete(folder.resolve("no-such-key"));
            assertThat(reeve.run("apply", "-f", file.toString()).out()).contains("stop wiki/web: cannot run it: " + lacks);
            reeve.awaitState("wiki/web/2", "stopped");
            assertThat(reeve.run("apply", "-f", manifest("").toString()).out()).contains("start wiki/web: what it lacked is there");
            reeve.awaitState("wiki/web/2", "running");
        }
    }

    @Test
    void aDeployOfWhatCannotRunIsRefusedAndTouchesNothing() throws IOException {
        try (var reeve = new ReeveProcess(folder)) {
            reeve.up("-f", manifest("").toString());
            long pid = reeve.awaitState("wiki/web/1", "running").pid();
            Path lacking = manifest("    secrets: [key]\nsecrets: { key: { file: no-such-key } }\n");
            ReeveProcess.Ran deploy = reeve.run("deploy", "-f", lacking.toString());
            assertThat(deploy.exitCode()).isEqualTo(2);
            assertThat(deploy.err()).contains("cannot deploy wiki: web needs secret 'key', file " + folder.resolve("no-such-key"));
            assertThat(reeve.client().journal(Optional.of("wiki"), 100)).noneMatch(entry -> entry.why().contains("cannot run it"));
            assertThat(reeve.instance("wiki/web/1").pid()).isEqualTo(pid);
        }
    }

    @Test
    void whatTakesThePlaceOfAnotherSaysWhy_SUP_10() throws IOException {
        try (var reeve = new ReeveProcess(folder)) {
            Path file = Files.writeString(folder.resolve("web.env"), "COLOUR=green\n");
            String manifest = manifest("    env_file: web.env\n").toString();
            reeve.up("-f", manifest);
            reeve.awaitState("wiki/web/1", "running");
            Files.writeString(file, "COLOUR=red\n");
            assertThat(reeve.run("apply", "-f", manifest).out()).contains("restart wiki/web: env_file changed");
            await().atMost(ReeveProcess.PATIENCE).until(() -> reeve.client().journal(Optional.of("wiki/web"), 100).stream()
                    .anyMatch(entry -> entry.what().equals("stopped")));
            assertThat(reeve.client().journal(Optional.of("wiki/web"), 100)).extracting(entry -> entry.subject() + " " + entry.why())
                    .contains("wiki/web/2 takes the place of wiki/web/1: env_file changed",
                            "wiki/web/1 replaced by wiki/web/2: env_file changed");
        }
    }
}
