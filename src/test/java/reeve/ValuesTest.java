package reeve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.declare.settings.ValueSource;
import reeve.model.NodeFacts;

class ValuesTest {
    private final Values values = new Values();

    @TempDir
    private Path folder;

    private NodeFacts.Fact file(String content) throws IOException {
        return values.look(new ValueSource.FromFile(Files.writeString(folder.resolve("value"), content)));
    }

    @Test
    void aValueIsAFilesTextWithoutItsLastNewline() throws IOException {
        assertThat(file("example.org\n")).isEqualTo(new NodeFacts.Known("example.org"));
        assertThat(file("\n")).isEqualTo(new NodeFacts.Missing(folder.resolve("value") + " gives nothing"));
        assertThat(file("x".repeat(64 * 1024 + 1))).isEqualTo(new NodeFacts.Missing(folder.resolve("value") + " is larger than 64 KiB"));
        assertThat(values.look(new ValueSource.FromFile(folder.resolve("none"))))
                .isEqualTo(new NodeFacts.Missing("there is no file " + folder.resolve("none")));
    }

    @Test
    void whatHasNoEndIsNotRead() {
        assertThat(Assertions.assertTimeoutPreemptively(Duration.ofSeconds(5),
                () -> values.look(new ValueSource.FromFile(Path.of("/dev/zero")))))
                .isEqualTo(new NodeFacts.Missing("/dev/zero is not a plain file"));
    }

    @Test
    void aValueIsWhatAProgramPrints() {
        assertThat(values.look(new ValueSource.FromCommand(List.of("echo", "a.org")))).isEqualTo(new NodeFacts.Known("a.org"));
        assertThat(values.look(new ValueSource.FromCommand(List.of("false")))).isEqualTo(new NodeFacts.Missing("false ended with 1"));
    }

    @Test
    void aProgramThatCannotBeRunSaysNothingOfTheValue_SUP_12() {
        assertThat(values.look(new ValueSource.FromCommand(List.of("/nowhere/program"))))
                .isEqualTo(new NodeFacts.Unknown("cannot run /nowhere/program"));
    }
}
