package reeve.base;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.testing.VirtualTime;

class RotatedFileTest {
    private static final RotatedFile.Bounds BOUNDS = new RotatedFile.Bounds(10, 3, Duration.ofDays(1));

    @TempDir
    private Path folder;
    private final VirtualTime time = new VirtualTime();

    private static void write(RotatedFile to, String text) throws IOException {
        to.write(text.getBytes(UTF_8));
    }

    private Path named(String name) {
        return folder.resolve(name);
    }

    @Test
    void aFileThatWouldGrowTooLongIsPutAside() throws IOException {
        try (var log = new RotatedFile(named("log"), BOUNDS, time)) {
            for (String line : new String[] {"11111\n", "2222\n", "33333\n", "44444\n"}) {
                write(log, line);
            }
        }
        assertThat(named("log")).hasContent("44444\n");
        assertThat(named("log.1")).hasContent("33333\n");
        assertThat(named("log.2")).hasContent("2222\n");
        assertThat(named("log.3")).doesNotExist();
    }

    @Test
    void aFileThatIsTooOldIsPutAside() throws IOException {
        try (var log = new RotatedFile(named("log"), BOUNDS, time)) {
            write(log, "a\n");
            time.advance(Duration.ofDays(1));
            write(log, "b\n");
        }
        assertThat(named("log")).hasContent("b\n");
        assertThat(named("log.1")).hasContent("a\n");
    }

    @Test
    void whoMovesItFindsANewOneInItsPlace() throws IOException {
        try (var log = new RotatedFile(named("log"), BOUNDS, time)) {
            write(log, "a\n");
            Files.move(named("log"), named("log-2026"));
            write(log, "b\n");
            time.advance(Duration.ofSeconds(1));
            write(log, "c\n");
        }
        assertThat(named("log-2026")).hasContent("a\nb\n");
        assertThat(named("log")).hasContent("c\n");
    }

    @Test
    void itGoesOnWhereItWasCutOrLeftOff() throws IOException {
        Files.writeString(named("log"), "before\n");
        try (var log = new RotatedFile(named("log"), BOUNDS, time)) {
            write(log, "a\n");
            assertThat(named("log")).hasContent("before\na\n");
            Files.write(named("log"), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
            time.advance(Duration.ofSeconds(1));
            write(log, "bbbbbbb\n");
        }
        assertThat(named("log")).hasContent("bbbbbbb\n");
        assertThat(named("log.1")).doesNotExist();
    }

    @Test
    void aLinkIsNotFollowed() throws IOException {
        Files.createSymbolicLink(named("log"), named("elsewhere"));
        assertThatThrownBy(() -> new RotatedFile(named("log"), BOUNDS, time)).isInstanceOf(FileSystemException.class)
                .hasMessageContaining("symbolic link");
    }
}
