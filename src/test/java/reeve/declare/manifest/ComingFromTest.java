package reeve.declare.manifest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reeve.declare.manifest.ManifestReader.Result;

import static org.assertj.core.api.Assertions.assertThat;

/// Each manifest that `docs/coming-from.md` shows is read, and each key that it offers is one.
class ComingFromTest {
    private static final Guide GUIDE = new Guide(Path.of("docs/coming-from.md"));

    private static Stream<String> manifests() throws IOException {
        return GUIDE.manifests();
    }

    private static Stream<String> snippets() throws IOException {
        return GUIDE.snippets().filter(snippet -> !snippet.startsWith("name:"));
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void aManifestIsReadWithoutWarning(String manifest) {
        GUIDE.requireReadWithoutWarning(manifest);
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void whatARowOffersIsRead(String snippet) {
        boolean ofContainers = Stream.of("expose:", "ports:", "run_as:").anyMatch(snippet::startsWith);
        String service = ofContainers ? "    image: a\n" : "    command: [a, \"${port}\"]\n";
        String route = snippet.startsWith("sleep:") ? "    route: { host: a.localhost }\n" : "";
        assertThat(GUIDE.read("""
                name: shop
                services:
                  db: { command: [a] }
                  setup: { command: [a], restart: "no" }
                  web:
                """ + service + route + "    " + snippet + "\n")).isInstanceOf(Result.Read.class);
    }

    @Test
    void thereIsOneForEachOfTheThree() throws IOException {
        assertThat(manifests()).hasSize(3);
        assertThat(snippets()).hasSizeGreaterThan(20);
    }
}
