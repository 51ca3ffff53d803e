package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.declare.settings.Machine;
import reeve.declare.settings.Settings;
import reeve.declare.settings.SettingsReader;
import reeve.model.NodeFacts;
import reeve.testing.MemoryJournal;
import reeve.testing.VirtualTime;

class ConfigurationWatchTest {
    private static final Duration LOOK = Duration.ofSeconds(2);

    @TempDir
    private Path folder;

    @Test
    void aLookThatFailsIsNotTheLast() throws IOException {
        Path file = Files.writeString(folder.resolve("node.yaml"), "class: a\n");
        var machine = new Machine(false, folder, folder, "n1", Map.of());
        Settings settings = switch (SettingsReader.load(machine, Optional.of(file), Map.of())) {
            case SettingsReader.Result.Read(Settings read) -> read;
            case SettingsReader.Result.Refused(var errors) -> throw new AssertionError(errors);
        };
        var time = new VirtualTime();
        var readings = new AtomicInteger();
        NodeFacts facts = settings.facts(new Values());
        try (var watch = new ConfigurationWatch(file, () -> {
            readings.incrementAndGet();
            throw new IllegalStateException("nobody expected this");
        }, settings, facts, new Values(), _ -> {}, _ -> {}, new MemoryJournal(time), time)) {
            watch.start();
            for (int i = 1; i <= 2; i++) {
                Files.writeString(file, "class: " + "b".repeat(i) + "bb\n");
                int times = i;
                await().until(() -> {
                    time.advance(LOOK);
                    return readings.get() == times;
                });
            }
            assertThat(readings).hasValue(2);
        }
    }
}
