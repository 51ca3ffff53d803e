package reeve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.declare.settings.Machine;
import reeve.model.ManifestSource;

class NodeCheckTest {
    @TempDir
    Path folder;

    private List<String> problems(String manifest) {
        var machine = new Machine(false, folder, folder, "n", Map.of("PATH", "/usr/bin:/bin"));
        return new NodeCheck(machine).check(Optional.empty(), List.of(new ManifestSource(folder.resolve("m.yaml"), manifest, Map.of())));
    }

    private static final String CONTAINER = """
            name: a
            services:
              web:
                image: b
                image_archive: b.tar
                secrets: [key]
                env_file: web.env
                volumes: [{ type: bind, source: conf, target: /conf, bind: { create_host_path: false } }, "./made:/made"]
              job: { build: { context: job, dockerfile: Containerfile } }
              tool: { build: tool }
            secrets: { key: { file: key } }
            """;

    @Test
    void aContainerMissesWhatIsNotThere() throws IOException {
        Files.createDirectory(folder.resolve("job"));

        assertThat(problems(CONTAINER)).containsExactly(
                folder + "/m.yaml: services.web: cannot read image_archive " + folder + "/b.tar",
                folder + "/m.yaml: services.web: there is no " + folder + "/conf to put at /conf",
                folder + "/m.yaml: services.web: cannot read the secret " + folder + "/key",
                folder + "/m.yaml: services.web: cannot read env_file " + folder + "/web.env",
                folder + "/m.yaml: services.job: cannot read " + folder + "/job/Containerfile",
                folder + "/m.yaml: services.tool: there is no folder " + folder + "/tool to build from");
    }

    @Test
    void aContainerThatHasAllIsWell() throws IOException {
        for (String name : List.of("job", "tool")) {
            Files.createDirectory(folder.resolve(name));
        }
        for (String name : List.of("b.tar", "conf", "key", "web.env", "job/Containerfile", "tool/Dockerfile")) {
            Files.createFile(folder.resolve(name));
        }

        assertThat(problems(CONTAINER)).isEmpty();
    }

    @Test
    void aUserThatDoesNotExistIsFoundBeforeTheStart() {
        assertThat(problems("""
                name: a
                services:
                  web: { command: [sleep], user: "no-such-user:adm" }
                  job: { command: [sleep], user: root }
                """))
                .containsExactly(folder + "/m.yaml: services.web: there is no user no-such-user");
    }
}
