package reeve.declare.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reeve.declare.manifest.ManifestReader.Result;
import reeve.declare.settings.Machine;
import reeve.declare.settings.SettingsReader;

/// Each manifest that `docs/coming-from-proxies.md` shows is read, and each key that it offers is one: of a service, its route, an
/// external route, or the node's configuration.
class ComingFromProxiesTest {
    private static final Guide GUIDE = new Guide(Path.of("docs/coming-from-proxies.md"));
    private static final String SETTINGS = "(proxy|access_log|certificates|tls): .*";

    private static Stream<String> manifests() throws IOException {
        return GUIDE.manifests();
    }

    private static Stream<String> snippets() throws IOException {
        return GUIDE.snippets().filter(snippet -> !snippet.matches(SETTINGS));
    }

    private static Stream<String> settings() throws IOException {
        return GUIDE.snippets().filter(snippet -> snippet.matches(SETTINGS));
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void aManifestIsReadWithoutWarning(String manifest) {
        GUIDE.requireReadWithoutWarning(manifest);
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
        assertThat(places).as("%s", places.stream().map(GUIDE::read).toList())
                .anyMatch(manifest -> GUIDE.read(manifest) instanceof Result.Read);
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
