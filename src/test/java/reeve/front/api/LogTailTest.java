package reeve.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.http.HttpAnswer;

final class LogTailTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final HttpAnswer.Sink out = new HttpAnswer.Sink() {
        @Override
        public void write(byte[] bytes) {
            sent.writeBytes(bytes);
        }

        @Override
        public boolean goneWithin(Duration pause) {
            return false;
        }
    };
    private Path log;
    private LogTail tail;

    @BeforeEach
    void open() {
        log = folder.resolve("web.log");
        tail = new LogTail("wiki/web/1", log);
    }

    @AfterEach
    void close() throws IOException {
        tail.close();
    }

    @Test
    void theLastLinesThenWhatIsAdded() throws IOException {
        Files.writeString(log, "one\ntwo\nthree\n");
        tail.last(2, out);
        assertThat(taken()).isEqualTo("web/1 | two\nweb/1 | three\n");
        add("fo");
        tail.fresh(out);
        assertThat(taken()).isEmpty();
        add("ur\nfive\n");
        tail.fresh(out);
        assertThat(taken()).isEqualTo("web/1 | four\nweb/1 | five\n");
    }

    @Test
    void whatTheMonitorOfAContainerPutsBeforeALineIsNotShown() throws IOException {
        Files.writeString(log, """
                2026-11-21T14:07:26.361292402+00:00 stdout F one
                2026-11-21T14:07:26.361292402+02:00 stderr P half a
                2026-11-21T14:07:26 its own stamp
                2026-11-21T14:07:26.362347949+00:00 stdout F\s
                """);
        tail.last(10, out);
        assertThat(taken()).isEqualTo("web/1 | one\nweb/1 | half a\nweb/1 | 2026-11-21T14:07:26 its own stamp\nweb/1 | \n");
        add("2026-11-21T14:07:26.361292402+00:00 stdout F last");
        assertThat(tail.lastLine()).contains("last");
    }

    @Test
    void noneOfTheOldLinesWhereNoneIsAskedFor() throws IOException {
        Files.writeString(log, "old\n");
        tail.last(0, out);
        add("new\n");
        tail.fresh(out);
        assertThat(taken()).isEqualTo("web/1 | new\n");
    }

    @Test
    void aLogThatIsCutOrReplacedIsReadFromItsStart() throws IOException {
        Files.writeString(log, "first, rather long\n");
        tail.last(10, out);
        Files.writeString(log, "cut\n", StandardOpenOption.TRUNCATE_EXISTING);
        tail.fresh(out);
        Files.move(log, folder.resolve("web.log.1"));
        tail.fresh(out);
        Files.writeString(log, "replaced\n");
        tail.fresh(out);
        assertThat(taken()).isEqualTo("web/1 | first, rather long\nweb/1 | cut\nweb/1 | replaced\n");
    }

    @Test
    void whatWasPutAsideBeforeItWasReadIsReadThere() throws IOException {
        Files.writeString(log, "one\n");
        tail.last(10, out);
        add("two\nthr");
        putAside();
        add("ee\n");
        tail.fresh(out);
        tail.fresh(out);
        assertThat(taken()).isEqualTo("web/1 | one\nweb/1 | two\nweb/1 | three\n");
        for (int i = 0; i < 3; i++) {
            add("again " + i + "\n");
            putAside();
        }
        add("last\n");
        for (int i = 0; i < 5; i++) {
            tail.fresh(out);
        }
        assertThat(taken()).isEqualTo("web/1 | again 0\nweb/1 | again 1\nweb/1 | again 2\nweb/1 | last\n");
    }

    @Test
    void aLogIsReadOnlyOnceWhileItIsJustBeingPutAside() throws IOException {
        Files.writeString(log, "one\ntwo\n");
        tail.last(10, out);
        Files.copy(log, folder.resolve("copy"));
        Files.writeString(log, "", StandardOpenOption.TRUNCATE_EXISTING);
        tail.fresh(out);
        Files.move(folder.resolve("copy"), folder.resolve("web.log.1"));
        add("three\n");
        tail.fresh(out);
        tail.fresh(out);
        assertThat(taken()).isEqualTo("web/1 | one\nweb/1 | two\nweb/1 | three\n");
    }

    @Test
    void theLastLinesReachBackIntoWhatWasPutAside() throws IOException {
        Files.writeString(log, "one\ntwo\nthree\n");
        putAside();
        add("four\n");
        tail.last(3, out);
        assertThat(taken()).isEqualTo("web/1 | two\nweb/1 | three\nweb/1 | four\n");
    }

    /// As the driver of processes does.
    private void putAside() throws IOException {
        for (int i = 9; i > 0; i--) {
            Path older = folder.resolve("web.log." + i);
            if (Files.exists(older)) {
                Files.move(older, folder.resolve("web.log." + (i + 1)));
            }
        }
        Files.copy(log, folder.resolve("web.log.1"));
        Files.writeString(log, "", StandardOpenOption.TRUNCATE_EXISTING);
    }

    @Test
    void aLogThatIsNotThereYetIsPickedUpLater() throws IOException {
        tail.last(10, out);
        add("hello\n");
        tail.fresh(out);
        assertThat(taken()).isEqualTo("web/1 | hello\n");
    }

    @Test
    void endlessLinesAndManyLinesAreSentInBoundedPieces() throws IOException {
        Files.writeString(log, "x".repeat(200_000) + "\n" + "line\n".repeat(300_000));
        tail.last(300_001, out);
        String all = taken();
        assertThat(all.lines().count()).isEqualTo(300_004);
        assertThat(all.lines().mapToInt(String::length).max().orElse(0)).isLessThan(70_000);
    }

    @Test
    @DisplayName("class 12: a link or a folder in a log's place is not read")
    void whatIsNotAPlainFileIsNotRead() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "secret\n");
        Files.createSymbolicLink(log, secret);
        tail.last(10, out);
        tail.fresh(out);
        Files.delete(log);
        Files.createDirectory(log);
        tail.fresh(out);
        assertThat(taken()).isEmpty();
    }

    private void add(String text) throws IOException {
        Files.writeString(log, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private String taken() {
        String text = sent.toString(StandardCharsets.UTF_8);
        sent.reset();
        return text;
    }
}
