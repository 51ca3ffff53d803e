package reeve.declare.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reeve.declare.manifest.ManifestReader.ManifestError;
import reeve.declare.manifest.ManifestReader.Result;
import reeve.declare.settings.Machine;
import reeve.declare.settings.SettingsReader;
import reeve.model.ManifestSource;

/// Each manifest that `docs/coming-from-proxies.md` shows is read, and each key that it offers is one: of a service, its route, an
/// external route, or the node's configuration.
class ComingFromProxiesTest {
    private static final Path PAGE = Path.of("docs/coming-from-proxies.md");
    private static final Pattern MANIFEST = Pattern.compile("(?ms)^```yaml\n(.*?)^```$");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| .* \\| (.*) \\|$");
    private static final Pattern SNIPPET = Pattern.compile("`([a-z_]+: [^`]+)`");
    private static final String SETTINGS = "(proxy|access_log|certificates|tls): .*";

    private static Stream<String> manifests() throws IOException {
        return MANIFEST.matcher(Files.readString(PAGE)).results().map(found -> found.group(1));
    }

    private static Stream<String> offered() throws IOException {
        return ROW.matcher(Files.readString(PAGE)).results().flatMap(row -> SNIPPET.matcher(row.group(1)).results())
                .map(found -> found.group(1)).filter(snippet -> !snippet.contains("…")).distinct();
    }

    private static Stream<String> snippets() throws IOException {
        return offered().filter(snippet -> !snippet.matches(SETTINGS));
    }

    private static Stream<String> settings() throws IOException {
        return offered().filter(snippet -> snippet.matches(SETTINGS));
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
    void whatARowOffersIsReadWhereItBelongs(String snippet) {
        String host = snippet.startsWith("host:") ? "" : "host: a.localhost\n      ";
        String regex = snippet.contains("{1}") ? "\n      match: regex\n      path: /u/(.*)" : "";
        String prefix = snippet.startsWith("strip_prefix:") ? "\n      path: /api" : "";
        String service = "name: shop\nservices:\n  web:\n    command: [a, \"${port}\"]\n    route:\n      ";
        List<String> places = List.of(
                service + host + snippet + regex + prefix + "\n",
                service + "host: a.localhost\n    " + snippet + "\n",
                "name: shop\nroutes:\n  - host: a.localhost\n    " + snippet + "\n");
        assertThat(places).as("%s", places.stream().map(ComingFromProxiesTest::read).toList())
                .anyMatch(manifest -> read(manifest) instanceof Result.Read);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aSettingIsRead(String setting) {
        assertThat(SettingsReader.read(new Machine(true, Path.of("/root"), Path.of("/"), "node", Map.of()),
                Optional.of(new SettingsReader.Text(Path.of("/etc/reeve/reeve.yaml"), setting + "\n")), Map.of()))
                .isInstanceOf(SettingsReader.Result.Read.class);
    }

    @Test
    void thereIsOneForEachOfTheThree() throws IOException {
        assertThat(manifests()).hasSize(3);
        assertThat(snippets()).hasSizeGreaterThan(40);
    }
}
