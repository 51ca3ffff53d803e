package reeve.declare.manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reeve.declare.manifest.ManifestReader.ManifestError;
import reeve.declare.manifest.ManifestReader.Result;
import reeve.model.ManifestSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Each manifest that `docs/coming-from.md` shows is read, and each key that it offers is one.
class ComingFromTest {
    private static final Path PAGE = Path.of("docs/coming-from.md");
    private static final Pattern MANIFEST = Pattern.compile("(?ms)^```yaml\n(.*?)^```$");
    /// A row's second column: what to write.
    private static final Pattern ROW = Pattern.compile("(?m)^\\| [^|]+ \\| ([^|]+) \\|$");
    private static final Pattern SNIPPET = Pattern.compile("`([a-z_]+: [^`]+)`");

    private static Stream<String> manifests() throws IOException {
        return MANIFEST.matcher(Files.readString(PAGE)).results().map(found -> found.group(1));
    }

    private static Stream<String> snippets() throws IOException {
        return ROW.matcher(Files.readString(PAGE)).results().flatMap(row -> SNIPPET.matcher(row.group(1)).results())
                .map(found -> found.group(1)).filter(snippet -> !snippet.contains("…") && !snippet.startsWith("name:")).distinct();
    }

    private static Result read(String manifest) {
        return new ManifestReader().read(new ManifestSource(PAGE.toAbsolutePath(), manifest, Map.of()));
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void aManifestIsReadWithoutWarning(String manifest) {
        assertThat(read(manifest)).isInstanceOfSatisfying(Result.Read.class,
                read -> assertThat(read.warnings()).isEqualTo(List.<ManifestError>of()));
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void whatARowOffersIsRead(String snippet) {
        boolean ofContainers = Stream.of("expose:", "ports:", "run_as:").anyMatch(snippet::startsWith);
        String service = ofContainers ? "    image: a\n" : "    command: [a, \"${port}\"]\n";
        String route = snippet.startsWith("sleep:") ? "    route: { host: a.localhost }\n" : "";
        assertThat(read("""
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
