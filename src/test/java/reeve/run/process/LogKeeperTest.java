package reeve.run.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.model.InstanceId;
import reeve.model.LogRotation;
import reeve.run.supervise.Driver.Output;
import reeve.testing.VirtualTime;

class LogKeeperTest {
    @TempDir
    private Path folder;

    private final VirtualTime time = new VirtualTime();
    private final AtomicLong free = new AtomicLong(1L << 40);

    @Test
    void aSilentLogThatBeginsToFillTheDiskIsPutAsideWithinASecond() throws IOException {
        Path log = Files.createFile(folder.resolve("log"));
        try (var keeper = new LogKeeper(time, free::get)) {
            keeper.keep(InstanceId.parse("shop/web/1"), new Output(log, new LogRotation(1024, 3, Duration.ofDays(1))));
            laps(16); // long silent: its next look is some seconds away
            Files.writeString(log, "x".repeat(5000));
            free.addAndGet(-(100L << 20));
            laps(2);
            await().untilAsserted(() -> assertThat(log).isEmptyFile());
        }
    }

    /// Of a second each; each plans the next.
    private void laps(int count) {
        for (int i = 0; i < count; i++) {
            await().until(time::advanceToNext);
        }
    }
}
