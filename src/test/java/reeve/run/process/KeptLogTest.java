package reeve.run.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.Elapsed;
import reeve.base.Now;
import reeve.model.LogRotation;
import reeve.run.supervise.Driver.Output;

import static org.assertj.core.api.Assertions.assertThat;

class KeptLogTest {
    @TempDir
    Path folder;

    private Instant wall = Instant.now();
    private long nanos;

    @Test
    void aLogThatIsTooLongIsPutAsideAndTheOldestIsDropped() throws IOException {
        KeptLog kept = kept(1024, 3, Duration.ofDays(30));
        for (char letter = 'a'; letter <= 'd'; letter++) {
            add((letter + "\n").repeat(520));
            kept.look(after(Duration.ofSeconds(1)));
        }
        assertThat(log("")).isEmpty();
        assertThat(log(".2") + log(".1")).as("one of 1,040 bytes takes two files").isEqualTo("d\n".repeat(520));
        assertThat(folder.resolve("log.1")).hasSize(16);
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("log", "log.1", "log.2");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("log.1")))).isEqualTo("rw-------");
    }

    @Test
    void ofOneThatIsLongerThanAllThatMayBeKeptTheLastLinesAre() throws IOException {
        KeptLog kept = kept(1024, 3, Duration.ofDays(30));
        add("first\n" + "line\n".repeat(1000));
        kept.look(after(Duration.ofSeconds(1)));
        assertThat(log(".2") + log(".1")).isEqualTo(
                "reeve: 2961 bytes of output were not kept: it came too fast\n" + "line\n".repeat(409));
    }

    @Test
    void aLogOfOneFileIsCut() throws IOException {
        KeptLog kept = kept(1024, 1, Duration.ofDays(30));
        add("a\n".repeat(600));
        kept.look(after(Duration.ofSeconds(1)));
        assertThat(log("")).isEmpty();
        assertThat(folder.resolve("log.1")).doesNotExist();
    }

    @Test
    void whatIsTooOldIsPutAsideAndLaterRemoved() throws IOException {
        KeptLog kept = kept(1024, 3, Duration.ofDays(2));
        add("old\n");
        kept.look(after(Duration.ofSeconds(1)));
        kept.look(after(Duration.ofDays(1)));
        assertThat(log("")).isEqualTo("old\n");
        kept.look(after(Duration.ofDays(2)));
        assertThat(log("")).isEmpty();
        assertThat(log(".1")).isEqualTo("old\n");
        Files.setLastModifiedTime(folder.resolve("log.1"), FileTime.from(wall));
        kept.look(after(Duration.ofDays(1)));
        assertThat(folder.resolve("log.1")).exists();
        add("young\n");
        kept.look(after(Duration.ofHours(1)));
        kept.look(after(Duration.ofDays(1)));
        assertThat(folder.resolve("log.1")).as("two days after it was put aside").doesNotExist();
        assertThat(log("")).as("begun a day ago").isEqualTo("young\n");
    }

    @Test
    void theAgeOfWhatAnEarlierReeveKeptCountsFromWhenItWasBegun() throws IOException {
        add("before\n");
        Files.writeString(folder.resolve("log.1"), "older\n");
        KeptLog next = kept(1024, 3, Duration.ofHours(30));
        next.look(after(Duration.ofHours(29)));
        assertThat(log("")).isEqualTo("before\n");
        next.look(after(Duration.ofHours(2)));
        assertThat(log(".1")).isEqualTo("before\n");
    }

    @Test
    void whatMoreWasKeptUnderAnEarlierRuleIsRemoved() throws IOException {
        for (int i = 1; i < 6; i++) {
            Files.writeString(folder.resolve("log." + i), "x\n");
        }
        add("y\n");
        kept(1024, 3, Duration.ofDays(30)).look(after(Duration.ZERO));
        assertThat(folder.resolve("log.2")).exists();
        for (int i = 3; i < 6; i++) {
            assertThat(folder.resolve("log." + i)).doesNotExist();
        }
    }

    @Test
    void aLogThatGrowsFastIsLookedAtMoreOften() throws IOException {
        KeptLog kept = kept(1024 * 1024, 3, Duration.ofDays(30));
        add("x");
        assertThat(kept.look(after(Duration.ofSeconds(1)))).isEqualTo(KeptLog.LEISURELY);
        add("x".repeat(512 * 1024));
        assertThat(kept.look(after(Duration.ofSeconds(1)))).isBetween(Duration.ofMillis(400), Duration.ofMillis(600));
        add("x".repeat(500 * 1024));
        assertThat(kept.look(after(Duration.ofMillis(100)))).isEqualTo(KeptLog.HURRIED);
        assertThat(kept.look(after(Duration.ofSeconds(1)))).isEqualTo(KeptLog.LEISURELY);
    }

    @Test
    void aLogThatDoesNotGrowIsLookedAtEverLessOften() throws IOException {
        KeptLog kept = kept(1024 * 1024, 3, Duration.ofDays(30));
        for (int seconds : new int[] {1, 2, 4, 8, 8}) {
            assertThat(kept.look(after(Duration.ofSeconds(8)))).isEqualTo(Duration.ofSeconds(seconds));
        }
        add("x");
        assertThat(kept.look(after(Duration.ofSeconds(8)))).isEqualTo(KeptLog.LEISURELY);
        assertThat(kept.look(after(Duration.ofSeconds(1)))).isEqualTo(KeptLog.LEISURELY);
    }

    @Test
    void aLinkInTheLogsPlaceIsNotCut() throws IOException {
        Path other = Files.writeString(folder.resolve("other"), "x".repeat(5000));
        Files.createSymbolicLink(folder.resolve("log"), other);
        kept(1024, 3, Duration.ofDays(30)).look(after(Duration.ofSeconds(1)));
        assertThat(other).hasSize(5000);
    }

    private KeptLog kept(long size, int files, Duration age) {
        return new KeptLog(new Output(folder.resolve("log"), new LogRotation(size, files, age)), after(Duration.ZERO));
    }

    private Now after(Duration time) {
        wall = wall.plus(time);
        nanos += time.toNanos();
        return new Now(wall, new Elapsed(nanos));
    }

    private void add(String text) throws IOException {
        Files.writeString(folder.resolve("log"), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private String log(String suffix) throws IOException {
        return Files.readString(folder.resolve("log" + suffix));
    }
}
