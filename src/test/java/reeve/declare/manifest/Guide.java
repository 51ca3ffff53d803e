package reeve.declare.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import reeve.declare.manifest.ManifestReader.ManifestError;
import reeve.declare.manifest.ManifestReader.Result;
import reeve.model.ManifestSource;

/// A page that tells who comes from elsewhere what to write: whole manifests, and tables whose last column offers keys.
record Guide(Path page) {
    private static final Pattern MANIFEST = Pattern.compile("(?ms)^```yaml\n(.*?)^```$");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| .* \\| (.*) \\|$");
    private static final Pattern SNIPPET = Pattern.compile("`([a-z_]+: [^`]+)`");

    Stream<String> manifests() throws IOException {
        return MANIFEST.matcher(Files.readString(page)).results().map(found -> found.group(1));
    }

    /// Keys with their values, as far as they are written out.
    Stream<String> snippets() throws IOException {
        return ROW.matcher(Files.readString(page)).results().flatMap(row -> SNIPPET.matcher(row.group(1)).results())
                .map(found -> found.group(1)).filter(snippet -> !snippet.contains("…")).distinct();
    }

    Result read(String manifest) {
        return new ManifestReader().read(new ManifestSource(page.toAbsolutePath(), manifest, Map.of()));
    }

    void requireReadWithoutWarning(String manifest) {
        assertThat(read(manifest)).isInstanceOfSatisfying(Result.Read.class,
                read -> assertThat(read.warnings()).isEqualTo(List.<ManifestError>of()));
    }
}
