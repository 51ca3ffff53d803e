package reeve.run.process;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reeve.base.Session;
import reeve.base.os.Cgroups;
import reeve.base.os.Processes;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.Interaction;
import reeve.model.StopSignal;
import reeve.run.process.Shim.Interpreter;
import reeve.run.supervise.Driver.Launch;
import reeve.run.supervise.Driver.Run;
import reeve.run.supervise.Driver.Started;
import reeve.testing.NeedsProgram;
import reeve.testing.NeedsRoot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Commands that somebody talks to, beside a program that runs.
@Timeout(30)
final class BesideTest extends RealProcessTest {

    private static Interaction command(String... words) {
        return new Interaction(List.of(words), Map.of(), Optional.empty());
    }

    private static Interaction onTerminal(String... words) {
        return new Interaction(List.of(words), Map.of("TERM", "dumb"), Optional.of(new Interaction.Terminal(25, 81)));
    }

    private static Run started(Started started) {
        return ((Started.Ok) started).run();
    }

    private static String output(Session session) throws IOException {
        return new String(session.out().readAllBytes(), UTF_8);
    }

    @Test
    void itHasTheProgramsEnvironmentAndFolderAndEndsWithItsOwnCode() throws Exception {
        ProcessDriver driver = driver();
        Launch launch = launch(Map.of("COLOUR", "blue sky", "WITH.DOT", "1"), "sleep", "1000");
        Run run = started(driver.start(WEB, launch, _ -> {}));
        try (Session session = driver.open(WEB, run, new Interaction(List.of("sh", "-c", """
                echo "$COLOUR|$MORE|$(pwd)|$REEVE_INSTANCE"; echo wrong >&2; cat; env | grep -c WITH.DOT; exit 7"""),
                Map.of("MORE", "yes"), Optional.empty()))) {
            session.in().write("typed\n".getBytes(UTF_8));
            session.in().close();
            assertThat(output(session)).startsWith("blue sky|yes|" + state.toRealPath() + "|wiki/web/1\ntyped\n");
            assertThat(session.err().readAllBytes()).asString(UTF_8).isEqualTo("wrong\n");
            assertThat(session.await()).isEqualTo(7);
        }
        try (Session session = driver.open(WEB, run, command("sh", "-c", "kill -9 $$"))) {
            assertThat(session.await()).isEqualTo(128 + 9);
        }
        assertThat(runs(run.pid())).isTrue();
    }

    @Test
    void itIsInTheProgramsCgroupsAndWhatItLeavesEndsWithTheProgram() throws Exception {
        ProcessDriver driver = driver();
        Run run = start(driver, WEB, "sleep", "1000");
        try (Session session = driver.open(WEB, run, command("sh", "-c", "cat /proc/self/cgroup; setsid sleep 1001 >/dev/null 2>&1 & "
                + "echo $! >" + state + "/left"))) {
            if (Cgroups.find().parent().isPresent()) {
                assertThat(output(session)).contains(run.run());
            }
            assertThat(session.await()).isZero();
        }
        long left = pidIn("left");
        assertThat(runs(left)).isTrue();
        driver.signal(WEB, run, StopSignal.SIGTERM);
        eventually(() -> assertThat(runs(left)).isFalse());
    }

    @Test
    void withATerminalItSeesOneOfTheCallersSizeThatCanChange() throws Exception {
        ProcessDriver driver = driver();
        Run run = start(driver, WEB, "sleep", "1000");
        try (Session session = driver.open(WEB, run, onTerminal("sh", "-c", """
                stty -echo; tty; stty size; read line; trap 'stty size; exit 3' WINCH; echo "got $line"
                while :; do sleep 0.05; done"""))) {
            var out = session.out();
            session.in().write("hello\n".getBytes(UTF_8));
            var seen = new StringBuilder();
            byte[] block = new byte[1000];
            while (!seen.toString().contains("got ")) {
                seen.append(new String(block, 0, out.read(block), UTF_8));
            }
            session.resize(30, 90);
            for (int count = out.read(block); count >= 0; count = out.read(block)) {
                seen.append(new String(block, 0, count, UTF_8));
            }
            assertThat(seen.toString().replace("\r", "")).contains("/dev/pts/").contains("\n25 81\n").contains("got hello\n")
                    .contains("\n30 90\n");
            assertThat(session.await()).isEqualTo(3);
            assertThat(session.err().readAllBytes()).isEmpty();
        }
    }

    @Test
    void closingEndsItAlsoWhereItIgnoresThat() throws Exception {
        ProcessDriver driver = driver();
        Run run = start(driver, WEB, "sleep", "1000");
        for (Interaction stubborn : List.of(command("sh", "-c", "trap '' TERM HUP; echo here; while :; do sleep 0.1; done"),
                onTerminal("sh", "-c", "trap '' TERM HUP; echo here; while :; do sleep 0.1; done"))) {
            Session session = driver.open(WEB, run, stubborn);
            assertThat(session.out().read()).isEqualTo('h');
            session.close();
            assertThat(session.await()).isEqualTo(128 + 9);
            assertThat(session.out().readNBytes(100).length).isLessThan(100);
        }
        assertThat(runs(run.pid())).isTrue();
    }

    @Test
    void besideASuspendedProgramItIsNotWaitedForForEver() {
        Cgroups cgroups = Cgroups.find();
        Assumptions.assumeTrue(cgroups.parent().isPresent(), "no cgroup can be made here");
        ProcessDriver driver = driver(cgroups, Interpreter.best());
        Run run = start(driver, WEB, "sleep", "1000");
        driver.freeze(WEB, run);
        assertThatThrownBy(() -> driver.exec(WEB, run, List.of("sleep", "1004"), Duration.ofSeconds(1), 10))
                .hasMessage("cannot run a command in wiki/web/1: it did not begin: not within 1s");
        driver.thaw(WEB, run);
        eventually(() -> assertThat(driver.usage(WEB, run).orElseThrow().processes()).isEqualTo(1));
    }

    @Test
    void whatCannotBeRunIsSaidInPlainWords() {
        ProcessDriver driver = driver();
        Run run = start(driver, WEB, "sleep", "1000");
        assertThatThrownBy(() -> driver.open(WEB, run, command("no-such-program")))
                .isInstanceOfSatisfying(Failure.class, failure -> assertThat(failure.kind()).isEqualTo(Failure.Kind.UNAVAILABLE))
                .hasMessage("cannot run a command in wiki/web/1: cannot run 'no-such-program': "
                        + "it is not in any folder of the service's PATH (/usr/bin:/bin)");
        assertThatThrownBy(() -> driver.open(WEB, new Run("another", run.pid()), command("true")))
                .isInstanceOfSatisfying(Failure.class, failure -> assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFLICT));
        assertThatThrownBy(() -> driver.open(InstanceId.parse("wiki/db/1"), run, command("true"))).isInstanceOf(Failure.class);
    }

    @ParameterizedTest
    @EnumSource
    @NeedsRoot
    @NeedsProgram("setpriv")
    void itMayDoNoMoreThanTheProgram(Interpreter interpreter) throws Exception {
        ProcessDriver driver = driver(Cgroups.find(), interpreter);
        Run run = start(driver, WEB, "setpriv", "--reuid", "65534", "--regid", "65534", "--groups", "100,101", "--no-new-privs",
                "--bounding-set", "-sys_admin", "prlimit", "--nofile=77:88", "sh", "-c", "umask 0027; exec sleep 1000");
        eventually(() -> assertThat(Processes.status(run.pid(), "Umask")).isEqualTo("0027"));
        driver.close();
        ProcessDriver next = driver(Cgroups.find(), interpreter);
        next.adopt();
        var looks = "id -u; id -g; id -G; umask; ulimit -n; ulimit -Hn; grep -E 'NoNew|CapEff|CapBnd' /proc/self/status";
        String expected = "65534\n65534\n65534 100 101\n0027\n77\n88\nCapEff:\t0000000000000000\nCapBnd:\t"
                + Processes.status(run.pid(), "CapBnd") + "\nNoNewPrivs:\t1\n";
        assertThat(Processes.status(run.pid(), "CapBnd")).isNotEqualTo(Processes.status(ProcessHandle.current().pid(), "CapBnd"));
        try (Session session = next.open(WEB, run, command("sh", "-c", looks))) {
            assertThat(output(session)).isEqualTo(expected);
        }
        assertThat(next.exec(WEB, run, List.of("sh", "-c", looks), Duration.ofSeconds(20), 1000).output()).isEqualTo(expected);
        try (Session session = next.open(WEB, run, onTerminal("sh", "-c", "echo through >/dev/tty; echo again >$(tty)"))) {
            assertThat(new String(session.out().readNBytes(16), UTF_8)).isEqualTo("through\r\nagain\r\n");
        }
        try (Session session = next.open(WEB, run, command("sh", "-c", "echo anew >/dev/stdout; echo wrong >/dev/stderr"))) {
            assertThat(output(session)).isEqualTo("anew\n");
            assertThat(session.err().readAllBytes()).asString(UTF_8).isEqualTo("wrong\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void itSpeaksToItsCallerWhateverTheShimIsWrittenIn(Interpreter interpreter) throws Exception {
        ProcessDriver driver = driver(Cgroups.none(), interpreter);
        Run run = start(driver, WEB, "sleep", "1000");
        try (Session session = driver.open(WEB, run, command("sh", "-c", "cat; echo wrong >&2; kill -9 $$"))) {
            session.in().write("typed\n".getBytes(UTF_8));
            session.in().close();
            assertThat(output(session)).isEqualTo("typed\n");
            assertThat(session.err().readAllBytes()).asString(UTF_8).isEqualTo("wrong\n");
            assertThat(session.await()).isEqualTo(128 + 9);
        }
        try (Session session = driver.open(WEB, run, onTerminal("sh", "-c", "stty -echo; stty size; read line; echo got $line"))) {
            session.in().write("typed\n".getBytes(UTF_8));
            assertThat(output(session).replace("\r", "")).contains("25 81\n").endsWith("got typed\n");
            assertThat(session.await()).isZero();
        }
    }
}
