package reeve.base.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("it")
class CommandTest {
    @TempDir
    Path folder;

    private Command.Outcome run(Duration within, String... words) {
        return new Command(List.of(words), Map.of("PATH", "/usr/bin:/bin", "COLOUR", "a b"), folder, within, 1000).run();
    }

    @Test
    void itsExitCodeAndOutputAreTold() {
        assertThat(run(Duration.ofSeconds(20), "sh", "-c", "echo \"$COLOUR\"; echo oops >&2; exit 3"))
                .isEqualTo(new Command.Outcome.Ended(3, "a b\noops\n"));
    }

    @Test
    void argumentsAreNeverReadByAShell() {
        assertThat(run(Duration.ofSeconds(20), "echo", "$(id)", "a;b")).isEqualTo(new Command.Outcome.Ended(0, "$(id) a;b\n"));
    }

    @Test
    void moreOutputThanTheBoundIsDroppedAndDoesNotBlockTheProgram() {
        assertThat(run(Duration.ofSeconds(20), "sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x"))
                .isInstanceOfSatisfying(Command.Outcome.Ended.class, ended -> assertThat(ended.output()).hasSize(1000));
    }

    @Test
    void aProgramThatTakesTooLongIsKilledWithWhatItStarted() throws IOException {
        Path pids = folder.resolve("pids");
        assertThat(run(Duration.ofMillis(700), "sh", "-c", "sleep 1000 & echo $! > pids; wait")).isEqualTo(new Command.Outcome.TimedOut());
        long child = Long.parseLong(Files.readString(pids).strip());
        await().atMost(Duration.ofSeconds(10)).until(() -> ProcessHandle.of(child).map(process -> !process.isAlive()).orElse(true));
    }

    @Test
    void aFolderThatIsNotThereIsAFailureInWords() {
        var command = new Command(List.of("true"), Map.of(), folder.resolve("missing"), Duration.ofSeconds(5), 10);
        assertThat(command.run())
                .isInstanceOfSatisfying(Command.Outcome.Failed.class, failed -> assertThat(failed.reason()).contains("missing"));
    }
}
