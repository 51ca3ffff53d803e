package reeve.declare.manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.declare.manifest.ManifestReader.ManifestError;
import reeve.declare.manifest.ManifestReader.Result;
import reeve.model.AppSpec;
import reeve.model.ManifestFiles;
import reeve.model.ManifestSource;
import reeve.model.ServiceSpec;
import reeve.model.Workload;

import static org.assertj.core.api.Assertions.assertThat;

/// The examples of the repository are right.
class ExamplesTest {

    @ParameterizedTest
    @ValueSource(strings = {"hello", "shop"})
    void anExampleIsReadWithoutWarning(String name) throws IOException {
        Path file = Path.of("examples", name, ManifestFiles.NAMES.getFirst()).toAbsolutePath();

        Result result = new ManifestReader().read(new ManifestSource(file, Files.readString(file), Map.of()));

        assertThat(result).isInstanceOfSatisfying(Result.Read.class, read -> {
            assertThat(read.warnings()).as("warnings").isEqualTo(List.<ManifestError>of());
            AppSpec app = read.spec();
            assertThat(app.name()).hasToString(name);
            assertThat(app.services())
                    .allSatisfy(service -> assertThat(((Workload.Process) service.workload()).workingDirectory()).isDirectory());
            assertThat(app.services()).allMatch(ServiceSpec::hasPort);
        });
    }
}
