package reeve.declare.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import reeve.base.EnvText;
import reeve.base.IcEnvText;
import reeve.declare.manifest.ManifestReader.ManifestError;
import reeve.declare.manifest.ManifestReader.Result;
import reeve.model.ManifestSource;

/// Properties that hold for all bytes whatever: reading ends in a result, and never in an exception.
@Tag("fuzz")
class ManifestFuzzTest {

    @FuzzTest(maxDuration = "10s")
    void aManifestIsReadOrRefused(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        switch (new ManifestReader().read(new ManifestSource(Path.of("/demo/m.yaml"), text, Map.of("A", "b")))) {
            case Result.Read(var spec, List<ManifestError> warnings) -> {
                assertThat(spec.services().size() + spec.routes().size()).isLessThan(bytes.length + 1);
                assertThat(warnings).hasSizeLessThanOrEqualTo(50);
            }
            case Result.Refused(List<ManifestError> errors) -> assertThat(errors).hasSizeBetween(1, 50)
                    .allSatisfy(error -> assertThat(error.toString()).doesNotContain("\n").startsWith("/demo/m.yaml:"));
        }
        ManifestVariables.named(text);
    }

    /// Aimed deeper: the bytes stand where texts with variables and references are read.
    @FuzzTest(maxDuration = "10s")
    void aCommandIsReadOrRefused(byte[] bytes) {
        String quoted = new String(bytes, StandardCharsets.UTF_8).replaceAll("[^ -~]", "?").replace("'", "''");
        String text = "services: { web: { command: '" + quoted + "', environment: ['A=" + quoted + "'], route: { host: '" + quoted
                + "' } } }";
        assertThat(new ManifestReader().read(new ManifestSource(Path.of("/demo/m.yaml"), text, Map.of("A", "b")))).isNotNull();
    }

    @FuzzTest(maxDuration = "10s")
    void anEnvFileIsReadOrRefused(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        switch (EnvText.parse(text, name -> name.equals("A") ? Optional.of("$B") : Optional.empty())) {
            case EnvText.Result.Read(Map<String, String> values) -> assertThat(values).allSatisfy((key, value) -> {
                assertThat(key).matches("[A-Za-z_][A-Za-z0-9_.-]*+");
                assertThat(value).doesNotContain("\0");
            });
            case EnvText.Result.Refused(List<EnvText.Problem> problems) -> assertThat(problems).hasSizeBetween(1, 50);
        }
    }

    @FuzzTest(maxDuration = "10s")
    void anEnvFileOfTheIcIsReadOrRefused(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        switch (IcEnvText.parse(text)) {
            case EnvText.Result.Read(Map<String, String> values) -> assertThat(values).allSatisfy((key, value) -> {
                assertThat(key).doesNotContain("=", " ", "\n").isNotEmpty();
                assertThat(value).doesNotContain("\0");
            });
            case EnvText.Result.Refused(List<EnvText.Problem> problems) -> assertThat(problems).hasSizeBetween(1, 50);
        }
    }
}
