package reeve.run.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LimitsTest {
    @Test
    void containersMayHaveAsManyFilesAndProcessesAsReeveItself() throws IOException {
        long largestPid = Long.parseLong(Files.readAllLines(Path.of("/proc/sys/kernel/pid_max")).getFirst());
        assertThat(Limits.own().keySet()).containsExactlyInAnyOrder("nofile", "nproc");
        assertThat(Limits.own().get("nproc").hard()).isBetween(100L, largestPid);
        assertThat(Limits.own().get("nofile").hard()).isBetween(100L, 1024L * 1024);
    }
}
