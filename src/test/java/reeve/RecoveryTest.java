package reeve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.declare.settings.ValueSource;
import reeve.testing.MemoryStore;
import reeve.testing.VirtualTime;

class RecoveryTest {
    private final MemoryStore store = new MemoryStore(new VirtualTime());

    private Optional<String> pending(Optional<ValueSource> waitedFor) {
        return new Recovery(store, waitedFor, Map.of("PATH", "/usr/bin:/bin")).get();
    }

    @Test
    @DisplayName("REC-4: where nothing is configured nothing is waited for")
    void nothingIsWaitedForWhereNothingIsConfigured() {
        assertThat(pending(Optional.empty())).isEmpty();
    }

    @Test
    @DisplayName("REC-1: a store that does not answer is waited for")
    void aStoreThatDoesNotAnswerIsWaitedFor() {
        store.close();
        assertThat(pending(Optional.empty())).hasValueSatisfying(what -> assertThat(what).startsWith("the store does not answer"));
    }

    @Test
    @DisplayName("REC-1: a file is waited for until it is there")
    void aFileIsWaitedForUntilItIsThere(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("recovered");
        var source = Optional.<ValueSource>of(new ValueSource.FromFile(file));
        assertThat(pending(source)).contains("there is no file " + file + " (boot.wait_for)");
        Files.createFile(file);
        assertThat(pending(source)).isEmpty();
    }

    @Test
    @DisplayName("REC-1: a program is asked until it ends with 0; one that cannot be run is waited for as well")
    void aProgramIsAskedUntilItEndsWell() {
        assertThat(pending(Optional.of(new ValueSource.FromCommand(List.of("true"))))).isEmpty();
        assertThat(pending(Optional.of(new ValueSource.FromCommand(List.of("false"))))).contains("false ended with 1 (boot.wait_for)");
        assertThat(pending(Optional.of(new ValueSource.FromCommand(List.of("/nowhere/at-all"))))).isPresent();
    }
}
