package reeve.run.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reeve.base.os.Cgroups;
import reeve.base.os.Machine;
import reeve.base.os.ProcessFacts;
import reeve.base.os.Processes;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.model.StopSignal;
import reeve.run.process.Shim.Interpreter;
import reeve.run.supervise.Driver.Found;
import reeve.run.supervise.Driver.Launch;
import reeve.run.supervise.Driver.Run;
import reeve.run.supervise.Driver.Started;
import reeve.testing.NeedsProgram;

import static org.assertj.core.api.Assertions.assertThat;

/// What the contract does not say, because only processes have it.
class ProcessDriverTest extends RealProcessTest {

    @ParameterizedTest
    @EnumSource
    @DisplayName("SUP-15 the program leads its own group and session, its shim another one")
    void theProgramLeadsItsOwnGroup(Interpreter interpreter) {
        Run run = start(driver(Cgroups.find(), interpreter), WEB, "sleep", "600");
        ProcessFacts program = facts(run.pid());
        ProcessFacts shim = facts(program.parent());
        assertThat(program.group()).isEqualTo(run.pid());
        assertThat(program.session()).isEqualTo(run.pid());
        assertThat(shim.session()).isEqualTo(shim.pid());
        assertThat(shim.parent()).as("nobody's child in this JVM").isNotEqualTo(ProcessHandle.current().pid());
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("SUP-14 a kill ends a program that ignores TERM together with its grandchild")
    void aKillReachesTheWholeGroup(Interpreter interpreter) {
        ProcessDriver driver = driver(Cgroups.none(), interpreter);
        Run run = start(driver, WEB, "sh", "-c", "trap '' TERM; sh -c 'trap \"\" TERM; echo $$ > grandchild; sleep 600' & wait; wait");
        long grandchild = pidIn("grandchild");
        driver.signal(WEB, run, StopSignal.SIGTERM);
        assertThat(runs(run.pid())).isTrue();
        driver.signal(WEB, run, StopSignal.SIGKILL);
        eventually(() -> {
            assertThat(runs(run.pid()) || runs(grandchild)).isFalse();
            assertThat(exits).containsExactly(new Exit.Signalled(9));
        });
    }

    @ParameterizedTest
    @EnumSource
    void whatAProgramLeavesInItsGroupEndsWithIt(Interpreter interpreter) {
        String leaves = "sh -c 'echo $$ > child; exec sleep 600' & while ! [ -s child ]; do :; done; exit 143";
        start(driver(Cgroups.none(), interpreter), WEB, "sh", "-c", leaves);
        long child = pidIn("child");
        eventually(() -> {
            assertThat(runs(child)).isFalse();
            assertThat(exits).containsExactly(new Exit.Code(143));
        });
    }

    @Test
    @NeedsProgram("perl")
    @DisplayName("the shim in perl would pass `use strict` and `use warnings`, which it does without for their memory")
    void theShimIsStrict() throws Exception {
        String script = Files.readString(Path.of("src/main/resources/reeve/run/process/shim.pl"));
        Path whole = Files.writeString(state.resolve("whole.pl"),
                "use strict; use warnings FATAL => 'all';\n" + script.replace("__END__", ""));
        Process check = new ProcessBuilder("perl", "-c", whole.toString()).redirectErrorStream(true).start();
        assertThat(new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).endsWith("syntax OK\n").hasLineCount(1);
    }

    @Test
    void whatFledIntoASessionOfItsOwnEndsWithTheProgramToo() {
        for (Cgroups cgroups : List.of(Cgroups.find(), Cgroups.none())) {
            exits.clear();
            ProcessDriver driver = driver(cgroups, Interpreter.best());
            Run run = start(driver, WEB, "sh", "-c", "rm -f fled; setsid sh -c 'echo $$ > fled; exec sleep 600' & exec sleep 600");
            long fled = pidIn("fled");
            driver.signal(WEB, run, StopSignal.SIGTERM);
            eventually(() -> {
                assertThat(runs(fled)).isFalse();
                assertThat(exits).containsExactly(new Exit.Signalled(15));
            });
            driver.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theShimSurvivesWhatATerminalSends(Interpreter interpreter) {
        Run run = start(driver(Cgroups.find(), interpreter), WEB, "sh", "-c", "while ! [ -e go ]; do sleep 0.01; done; exit 7");
        long shim = facts(run.pid()).parent();
        for (StopSignal signal : List.of(StopSignal.SIGHUP, StopSignal.SIGINT, StopSignal.SIGQUIT, StopSignal.SIGTERM)) {
            Processes.signal(shim, facts(shim).startTicks(), signal.number());
        }
        assertThat(runs(run.pid())).isTrue();
        touch("go");
        eventually(() -> assertThat(exits).containsExactly(new Exit.Code(7)));
    }

    @ParameterizedTest
    @EnumSource
    void theProgramGetsDefaultSignalsAndNoDescriptorButItsLog(Interpreter interpreter) throws IOException {
        Run run = start(driver(Cgroups.find(), interpreter), WEB, "sleep", "600");
        eventually(() -> assertThat(signals(run.pid(), "SigIgn")).isZero());
        if (interpreter == Interpreter.PERL) { // a shell cannot unblock what its parent has blocked
            assertThat(signals(run.pid(), "SigBlk")).isZero();
        }
        for (long pid : List.of(run.pid(), facts(run.pid()).parent())) {
            assertThat(descriptors(pid)).noneMatch(target -> target.startsWith("pipe:") || target.startsWith("socket:"));
        }
        assertThat(descriptors(run.pid())).contains("/dev/null", state.resolve("log").toString());
    }

    /// The standard signals in a mask of `/proc/PID/status`; the two above them belong to the C library.
    private static long signals(long pid, String mask) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith(mask))
                .mapToLong(line -> Long.parseUnsignedLong(line.substring(line.indexOf('\t') + 1), 16) & 0x7fff_ffffL)
                .sum();
    }

    private static List<String> descriptors(long pid) throws IOException {
        var targets = new ArrayList<String>();
        try (var links = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path link : links) {
                targets.add(Files.readSymbolicLink(link).toString());
            }
        }
        return targets;
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("SUP-19 values arrive byte for byte, are never read by a shell, and stand in nobody's arguments")
    void theEnvironmentArrivesAsItIs(Interpreter interpreter) throws IOException {
        var odd = new HashMap<String, String>();
        odd.put("SECRET", "canary-5519");
        odd.put("LINES", "one\ntwo\n\n");
        odd.put("SHELL_TEXT", "$(touch pwned) `touch pwned` '\"\\ ${HOME} \\0101 %s");
        odd.put("UNICODE", "grüße 🚀\u2028");
        odd.put("EMPTY", "");
        odd.put("EQUALS", "=a=b=");
        odd.put("BLANKS", "  two  ");
        odd.put("LD_PRELOAD", "");
        odd.put("PATH", "/usr/bin:/bin");
        if (interpreter == Interpreter.PERL) {
            odd.put("a.b-c", "no identifier");
        }
        ProcessDriver driver = driver(Cgroups.find(), interpreter);
        Started started = driver.start(WEB, launch(odd, "sleep", "600", "two words", "$(touch pwned)"), _ -> {});
        assertThat(started).as("sleep refuses the words, but only once it runs").isInstanceOf(Started.Ok.class);
        InstanceId second = InstanceId.parse("wiki/web/2");
        Run run = ((Started.Ok) driver.start(second, launch(odd, "sleep", "600"), _ -> {})).run();
        odd.put("REEVE_COOKIE", run.run());
        odd.put("REEVE_INSTANCE", second.toString());
        eventually(() -> assertThat(environment(run.pid())).isEqualTo(odd));
        assertThat(state.resolve("pwned")).doesNotExist();
        for (ProcessFacts process : Processes.all(_ -> true)) {
            assertThat(read(Path.of("/proc/" + process.pid() + "/cmdline"))).doesNotContain("canary-5519");
        }
        assertThat(read(folder(second).resolve("intent")) + read(folder(second).resolve("started"))).doesNotContain("canary-5519");
    }

    private static Map<String, String> environment(long pid) throws IOException {
        var variables = new HashMap<String, String>();
        for (String entry : Files.readString(Path.of("/proc/" + pid + "/environ")).split("\0")) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                variables.put(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        return variables;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // a process that went away
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrongIsSaidInPlainWordsAndAtOnce(Interpreter interpreter) throws IOException {
        Path plain = Files.writeString(state.resolve("plain"), "#!/bin/sh\n");
        ProcessDriver driver = driver(Cgroups.find(), interpreter);
        assertFails(driver, launch(Map.of(), "no-such-program"),
                "cannot run 'no-such-program': it is not in any folder of the service's PATH (/usr/bin:/bin)");
        assertFails(driver, launch(Map.of(), "./missing"), "cannot run ./missing: no such file");
        assertFails(driver, launch(Map.of(), plain.toString()), "cannot run " + plain + ": it is not executable");
        assertFails(driver, launch(Map.of(), "/tmp"), "cannot run /tmp: it is a folder");
        assertFails(driver, Launch.process(List.of("true"), Map.of(), Path.of("/nowhere"), state.resolve("log"), "s"),
                "cannot use working directory /nowhere: it does not exist");
        assertFails(driver, launch(Map.of("a=b", "x"), "true"),
                "cannot pass an environment variable named 'a=b': no such name is possible");
        assertFails(driver, launch(Map.of("A", "x\0y"), "true"), "cannot pass environment variable A: it has a NUL character");
        Files.createSymbolicLink(state.resolve("link"), Path.of("/etc/passwd"));
        assertFails(driver, Launch.process(List.of("true"), Map.of(), state, state.resolve("link"), "s"),
                "cannot write log " + state.resolve("link") + ": it is not a plain file");
        assertThat(exits).isEmpty();
    }

    @Test
    void aLogAndItsFoldersAreNobodyElsesToRead() throws IOException {
        Path log = state.resolve("logs").resolve("shop").resolve("1.log");
        Started started = driver(Cgroups.none(), Interpreter.best())
                .start(WEB, Launch.process(List.of("sh", "-c", "echo hello"), Map.of(), state, log, "s"), _ -> {});
        assertThat(started).isInstanceOf(Started.Ok.class);
        eventually(() -> assertThat(log).hasContent("hello\n"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log))).isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log.getParent()))).isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve("logs")))).isEqualTo("rwx------");
    }

    @Test
    void whatTheKernelRefusesIsAFailureToo() throws IOException {
        Path script = Files.writeString(state.resolve("script"), "#!/no/such/interpreter\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        ProcessDriver driver = driver(Cgroups.find(), Interpreter.PERL);
        assertFails(driver, launch(Map.of(), script.toString()), "cannot run " + script + ": No such file or directory");
        assertThat(driver.adopt()).isEmpty();
    }

    private static void assertFails(ProcessDriver driver, Launch launch, String reason) {
        assertThat(driver.start(WEB, launch, _ -> {})).isEqualTo(new Started.Failed(reason));
    }

    @Test
    @DisplayName("PROMISE-13 a stale record with a reused pid gets no signal")
    void aReusedPidIsNotOurs() throws IOException, InterruptedException {
        Process stranger = new ProcessBuilder("sleep", "600").start();
        try {
            ProcessFacts facts = facts(stranger.pid());
            forge(Machine.bootId(), stranger.pid(), facts.startTicks() - 1);
            ProcessDriver driver = driver();
            assertThat(driver.adopt()).containsExactly(new Found.Ended(WEB, "s", new Exit.Unknown()));
            forge(Machine.bootId(), stranger.pid(), facts.startTicks()); // the same process, but without the cookie
            assertThat(driver().adopt()).containsExactly(new Found.Ended(WEB, "s", new Exit.Unknown()));
            forge("another-boot", stranger.pid(), facts.startTicks());
            ProcessDriver last = driver();
            assertThat(last.adopt()).containsExactly(new Found.Ended(WEB, "s", new Exit.Unknown()));
            for (StopSignal signal : StopSignal.values()) {
                last.signal(WEB, new Run("r", stranger.pid()), signal);
            }
            last.forget(WEB);
            assertThat(stranger.waitFor(200, TimeUnit.MILLISECONDS)).isFalse();
        } finally {
            stranger.destroyForcibly();
        }
    }

    private void forge(String boot, long pid, long start) throws IOException {
        Files.createDirectories(folder(WEB));
        Files.writeString(folder(WEB).resolve("intent"), "run r\nboot " + boot + "\nspec s\n");
        Files.writeString(folder(WEB).resolve("started"),
                "run r\nboot " + boot + "\npid " + pid + "\nstart " + start + "\nshim " + pid + "\nshim_start 1\n");
    }

    @Test
    void anIntentThatLeftNothingIsForgotten() throws IOException {
        Files.createDirectories(folder(WEB));
        Files.writeString(folder(WEB).resolve("intent"), "run r\nboot " + Machine.bootId() + "\nspec s\n");
        assertThat(driver().adopt()).isEmpty();
        assertThat(folder(WEB)).doesNotExist();
    }

    @Test
    void aProgramThatOverwritesItsEnvironmentIsStillOurs() {
        for (Cgroups cgroups : List.of(Cgroups.find(), Cgroups.none())) {
            ProcessDriver driver = driver(cgroups, Interpreter.best());
            Run run = start(driver, WEB, "env", "-i", "sleep", "600");
            eventually(() -> assertThat(environment(run.pid())).isEmpty());
            driver.close();
            ProcessDriver next = driver(cgroups, Interpreter.best());
            assertThat(next.adopt()).containsExactly(new Found.Alive(WEB, run, "spec-1", false));
            next.signal(WEB, run, StopSignal.SIGKILL);
            eventually(() -> assertThat(runs(run.pid())).isFalse());
            eventually(() -> next.forget(WEB));
        }
    }

    @Test
    @DisplayName("links and FIFOs in the place of our files are refused, never followed, and nothing is started")
    void plantedFilesAreRefused() throws Exception {
        Files.createDirectories(folder(WEB));
        new ProcessBuilder("mkfifo", folder(WEB).resolve("intent").toString()).start().waitFor();
        ProcessDriver driver = driver();
        assertThat(driver.adopt()).isEmpty();
        assertThat(driver.start(WEB, launch(Map.of(), "true"), _ -> {})).isInstanceOf(Started.Failed.class);
        Files.delete(folder(WEB).resolve("intent"));
        Path elsewhere = Files.writeString(state.resolve("elsewhere"), "run r\nboot b\nspec s\n");
        Files.createSymbolicLink(folder(WEB).resolve("intent"), elsewhere);
        assertThat(driver.start(WEB, launch(Map.of(), "true"), _ -> {})).isInstanceOf(Started.Failed.class);
        Files.delete(folder(WEB).resolve("intent"));
        Files.delete(folder(WEB));
        Files.createSymbolicLink(folder(WEB), state);
        assertThat(driver.start(WEB, launch(Map.of(), "true"), _ -> {})).isInstanceOf(Started.Failed.class);
        Files.delete(folder(WEB));
        assertThat(elsewhere).hasContent("run r\nboot b\nspec s\n");
    }

    @Test
    void aShimThatWasKilledLeavesAnUnknownExitAndTheProgramUnderWatch() {
        Run run = start(driver(), WEB, "sleep", "600");
        long shim = facts(run.pid()).parent();
        Processes.signal(shim, facts(shim).startTicks(), Processes.SIGKILL);
        eventually(() -> assertThat(runs(shim)).isFalse());
        assertThat(runs(run.pid())).isTrue();
        assertThat(exits).isEmpty();
        Processes.signal(run.pid(), facts(run.pid()).startTicks(), Processes.SIGKILL);
        eventually(() -> assertThat(exits).containsExactly(new Exit.Unknown()));
    }

    @Test
    void aHundredInstancesTakeNoThreadEach() {
        ProcessDriver driver = driver();
        start(driver, WEB, "sleep", "600");
        int before = platformThreads();
        IntStream.rangeClosed(2, 101)
                .parallel()
                .forEach(number -> start(driver, InstanceId.parse("wiki/web/" + number), "sleep", "600"));
        assertThat(platformThreads() - before).as("threads of the JDK's that lasted for a spawn, and of this test").isLessThan(12);
        driver.close();
        assertThat(driver().adopt()).hasSize(101);
    }

    private static int platformThreads() {
        return Thread.getAllStackTraces().size();
    }

    @Test
    void noCgroupIsLeftWhenAProgramHasEnded() throws IOException {
        Cgroups cgroups = Cgroups.find();
        ProcessDriver driver = driver(cgroups, Interpreter.best());
        Run run = start(driver, WEB, "sleep", "600");
        if (cgroups.parent().isPresent()) {
            assertThat(cgroups.parent().get().resolve(run.run())).isDirectory();
        }
        driver.signal(WEB, run, StopSignal.SIGTERM);
        eventually(() -> assertThat(exits).hasSize(1));
        driver.start(WEB, launch(Map.of(), "no-such-program"), _ -> {});
        if (cgroups.parent().isPresent()) {
            assertThat(cgroups.parent().get().resolve(run.run())).doesNotExist();
        }
    }
}
