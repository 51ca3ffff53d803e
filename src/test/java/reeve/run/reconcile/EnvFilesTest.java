package reeve.run.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.model.EnvFile;
import reeve.model.Failure;

class EnvFilesTest {
    @TempDir
    Path folder;

    @Test
    void eachFileIsReadInItsOwnFormat() throws IOException {
        Path file = Files.writeString(folder.resolve("a.env"), "A='b\\nc'\n");

        assertThat(EnvFiles.read(new EnvFile(file, true, EnvFile.Format.COMPOSE))).isEqualTo(Map.of("A", "b\\nc"));
        assertThat(EnvFiles.read(new EnvFile(file, true, EnvFile.Format.IC))).isEqualTo(Map.of("A", "b\nc"));
    }

    @Test
    void anErrorNamesFileAndLine() throws IOException {
        Path file = Files.writeString(folder.resolve("a.env"), "A=b\nC D\n");

        assertThatThrownBy(() -> EnvFiles.read(new EnvFile(file, true, EnvFile.Format.IC)))
                .isInstanceOfSatisfying(Failure.class, failure -> assertThat(failure.kind()).isEqualTo(Failure.Kind.INVALID))
                .hasMessage(file + ":2: cannot read 'C': expected KEY=value");
    }
}
