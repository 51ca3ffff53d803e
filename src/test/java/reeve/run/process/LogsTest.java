package reeve.run.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.model.LogRotation;
import reeve.model.StopSignal;
import reeve.run.supervise.Driver.Launch;
import reeve.run.supervise.Driver.Output;
import reeve.run.supervise.Driver.Run;
import reeve.run.supervise.Driver.Started;

import static org.assertj.core.api.Assertions.assertThat;

/// The logs of real programs.
class LogsTest extends RealProcessTest {
    private static final long MEGABYTE = 1024 * 1024;

    @Test
    @DisplayName("PROMISE-14 a service that writes 1 GB in 10 s keeps its disk bound, and others start and stop meanwhile")
    void aFloodOfOutputStaysWithinItsBound() throws IOException {
        ProcessDriver driver = driver();
        // 100 MB a second, 1 GB in all
        String flood = "use strict; my $block = ('x' x 99 . \"\\n\") x 10000; for my $i (1 .. 1000) {"
                + " print $block; select undef, undef, undef, 0.01 } exit 7";
        startLogging(driver, WEB, new LogRotation(20 * MEGABYTE, 3, Duration.ofDays(1)), "perl", "-e", flood);
        long most = 0;
        var starts = new ArrayList<Duration>();
        InstanceId other = InstanceId.parse("wiki/other/1");
        for (int i = 0; exits.stream().noneMatch(new Exit.Code(7)::equals); i++) {
            assertThat(i).isLessThan(2000);
            var before = time.elapsed();
            Run run = start(driver, other, "sleep", "600");
            starts.add(time.elapsed().since(before));
            int ended = exits.size();
            driver.signal(other, run, StopSignal.SIGTERM);
            eventually(() -> assertThat(exits.size()).isGreaterThan(ended));
            most = Math.max(most, used());
        }
        starts.sort(null);
        System.out.println("flood: most on disk " + most / MEGABYTE + " MB, at the end " + used() / MEGABYTE + " MB; start of another p50 "
                + starts.get(starts.size() / 2).toMillis() + " ms, most " + starts.getLast().toMillis() + " ms of " + starts.size());
        assertThat(most).as("its bound and 200 MB: two seconds of output").isLessThan(260 * MEGABYTE);
        eventually(() -> assertThat(used()).isLessThanOrEqualTo(61 * MEGABYTE));
        assertThat(starts.getLast()).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void linesOfAnOrdinaryServiceAreAllKeptWhenItsLogIsPutAside() throws IOException {
        ProcessDriver driver = driver();
        String lines = "i=0; while [ $i -lt 20000 ]; do echo line-$i; i=$((i+1)); done; sleep 0.2";
        startLogging(driver, WEB, new LogRotation(16 * 1024, 100, Duration.ofDays(1)), "sh", "-c", lines);
        eventually(() -> assertThat(exits).containsExactly(new Exit.Code(0)));
        eventually(() -> assertThat(folderOfLog().resolve("log.1")).exists());
        var numbers = logs().stream().flatMap(LogsTest::lines).collect(Collectors.toSet());
        System.out.println("lines kept: " + numbers.size() + " of 20000 in " + logs().size() + " files");
        assertThat(numbers).as("but for those of the microseconds between copy and cut").hasSizeGreaterThan(19_900);
    }

    @Test
    void theNextReeveGoesOnKeepingTheLog() {
        ProcessDriver first = driver();
        Run run = startLogging(first, WEB, new LogRotation(1024, 2, Duration.ofDays(1)),
                "sh", "-c", "while ! [ -e go ]; do sleep 0.01; done;"
                        + " i=0; while [ $i -lt 500 ]; do echo line-$i; i=$((i+1)); done; sleep 600");
        first.close();
        ProcessDriver next = driver();
        next.adopt();
        touch("go");
        eventually(() -> {
            assertThat(folderOfLog().resolve("log.1")).exists();
            assertThat(folderOfLog().resolve("log")).isEmptyFile();
        });
        assertThat(runs(run.pid())).isTrue();
        next.signal(WEB, run, StopSignal.SIGKILL);
        eventually(() -> assertThat(exits).hasSize(1));
    }

    private Path folderOfLog() {
        return state.resolve("logs");
    }

    private Run startLogging(ProcessDriver driver, InstanceId id, LogRotation rotation, String... command) {
        Launch plain = launch(Map.of(), command);
        Started started = driver.start(id, new Launch(plain.work(), plain.environment(), plain.secrets(), plain.confinement(),
                plain.resources(), plain.notification(), new Output(folderOfLog().resolve("log"), rotation), plain.spec()), _ -> {});
        return ((Started.Ok) started).run();
    }

    private List<Path> logs() throws IOException {
        try (var files = Files.list(folderOfLog())) {
            return files.toList();
        }
    }

    private long used() {
        try {
            long sum = 0;
            for (Path file : logs()) {
                sum += file.toFile().length();
            }
            return sum;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
