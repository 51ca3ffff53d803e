package reeve.run.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reeve.base.os.Cgroups;
import reeve.base.os.ProcessFacts;
import reeve.base.os.Processes;
import reeve.model.Confinement;
import reeve.model.Exit;
import reeve.model.Failure;
import reeve.model.StopSignal;
import reeve.run.process.Shim.Interpreter;
import reeve.run.supervise.Driver.Executed;
import reeve.run.supervise.Driver.Found;
import reeve.run.supervise.Driver.Launch;
import reeve.run.supervise.Driver.Run;
import reeve.run.supervise.Driver.Started;
import reeve.testing.NeedsRoot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// What a program may not do, secrets, and commands beside it.
@NeedsRoot
class ConfinementTest extends RealProcessTest {
    private static final Confinement NONE = Confinement.NONE;

    @BeforeEach
    void othersMayWalkThrough() throws IOException {
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("SUP-15 a program of another user leads its group, is adopted and can be killed")
    void aProgramRunsAsItsUserAndIsStillOurs(Interpreter interpreter) {
        ProcessDriver driver = driver(Cgroups.find(), interpreter);
        Run run = start(driver, with(Optional.of("nobody"), List.of("mail"), Set.of(), Set.of("ALL"), true, Optional.of(0027)), Map.of(),
                "sleep", "600");
        eventually(() -> assertThat(Processes.status(run.pid(), "Uid")).isEqualTo("65534\t65534\t65534\t65534"));
        assertThat(Processes.status(run.pid(), "Gid")).startsWith("65534\t");
        assertThat(Processes.status(run.pid(), "Groups").strip()).isEqualTo("8 65534");
        assertThat(Processes.status(run.pid(), "NoNewPrivs")).isEqualTo("1");
        assertThat(Processes.status(run.pid(), "CapBnd")).isEqualTo("0000000000000000");
        assertThat(Processes.status(run.pid(), "Umask")).isEqualTo("0027");
        assertThat(Processes.environment(run.pid())).containsEntry("USER", "nobody").containsEntry("HOME", "/nonexistent");
        assertThat(facts(run.pid()).group()).isEqualTo(run.pid());
        assertThat(facts(run.pid()).session()).isEqualTo(run.pid());
        driver.close();
        ProcessDriver next = driver();
        assertThat(next.adopt()).containsExactly(new Found.Alive(WEB, run, "spec-1", false));
        next.signal(WEB, run, StopSignal.SIGKILL);
        eventually(() -> assertThat(exits).containsExactly(new Exit.Signalled(9)));
    }

    @ParameterizedTest
    @EnumSource
    void capabilitiesAreDroppedAndKept(Interpreter interpreter) {
        Run run = start(driver(Cgroups.find(), interpreter),
                with(Optional.of("nobody"), List.of(), Set.of("NET_BIND_SERVICE"), Set.of("ALL"), false, Optional.empty()), Map.of(),
                "sleep", "600");
        for (String set : List.of("CapBnd", "CapEff", "CapPrm", "CapAmb")) {
            eventually(() -> assertThat(Processes.status(run.pid(), set)).as(set).isEqualTo("0000000000000400"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theFileSystemIsReadOnlyButForWhatIsSaid(Interpreter interpreter) throws IOException {
        Path open = Files.createDirectory(state.resolve("open"));
        Path shut = Files.createDirectory(state.resolve("shut"));
        Path own = Files.createDirectory(state.resolve("own"));
        String tries = "touch a && echo root; touch shut/a && echo shut; touch open/a && echo open; touch own/a && echo own;"
                + " echo x > /dev/null && echo dev; exec sleep 600";
        Confinement readOnly = new Confinement(Optional.empty(), List.of(), Set.of(), Set.of(), false, true, List.of(), List.of(open),
                Map.of(own.toString(), "size=1m,noexec"), Map.of("nofile", new Confinement.Ulimit(100, 200)), Optional.empty());
        ProcessDriver driver = driver(Cgroups.find(), interpreter);
        Run run = start(driver, readOnly, Map.of(), "sh", "-c", tries);
        eventually(() -> assertThat(log().lines().filter(line -> !line.contains("touch"))).containsExactly("open", "own", "dev"));
        assertThat(own).as("it was the program's own").isEmptyDirectory();
        assertThat(open.resolve("a")).exists();
        assertThat(Files.readString(Path.of("/proc/" + run.pid() + "/limits"))).containsPattern("Max open files +100 +200");
        assertThat(Files.readString(Path.of("/proc/" + run.pid() + "/mounts"))).containsPattern("tmpfs " + own + " tmpfs rw,[^ ]*noexec");
        Executed inside = driver.exec(WEB, run, List.of("ls", own.toString()), Duration.ofSeconds(10), 1000);
        assertThat(inside).isEqualTo(new Executed(Optional.of(new Exit.Code(0)), "a\n"));
        driver.signal(WEB, run, StopSignal.SIGKILL);
        eventually(() -> assertThat(exits).hasSize(1));
        Confinement partly = new Confinement(Optional.empty(), List.of(), Set.of(), Set.of(), false, false, List.of(shut), List.of(),
                Map.of(), Map.of(), Optional.empty());
        Files.delete(state.resolve("log"));
        start(driver, partly, Map.of(), "sh", "-c", tries);
        eventually(() -> assertThat(log().lines().filter(line -> !line.contains("touch"))).containsExactly("root", "open", "own", "dev"));
    }

    @ParameterizedTest
    @EnumSource
    void whatCannotBeDoneIsOneClearReasonAndNothingRuns(Interpreter interpreter) {
        ProcessDriver driver = driver(Cgroups.find(), interpreter);
        assertThat(driver.start(WEB, launch(user("no-such-user"), Map.of(), "true"), _ -> {}))
                .isEqualTo(new Started.Failed("cannot run as user no-such-user: there is no such user"));
        assertThat(driver.start(WEB, launch(user("nobody:no-such-group"), Map.of(), "true"), _ -> {}))
                .isEqualTo(new Started.Failed("cannot run with group no-such-group: there is no such group"));
        assertThat(driver.start(WEB, launch(user("54321"), Map.of(), "true"), _ -> {})).isEqualTo(new Started.Failed(
                "cannot run as user 54321: no user has that number, so its group must be said too (user: 54321:GROUP)"));
        Confinement missing = new Confinement(Optional.empty(), List.of(), Set.of(), Set.of(), false, false, List.of(Path.of("/nowhere")),
                List.of(), Map.of(), Map.of(), Optional.empty());
        assertThat(driver.start(WEB, launch(missing, Map.of(), "sleep", "600"), _ -> {}))
                .isInstanceOfSatisfying(Started.Failed.class, failed -> assertThat(failed.reason())
                        .startsWith("cannot make /nowhere read-only"));
        assertThat(driver().adopt()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aStartThatFailedInItsCgroupLeavesNone(Interpreter interpreter) throws IOException {
        Path freezer = Path.of("/sys/fs/cgroup/freezer");
        Assumptions.assumeTrue(Files.isWritable(freezer.resolve("cgroup.procs")), "no v1 freezer");
        Path root = Files.createDirectory(freezer.resolve("reeve-test-" + state.getFileName()));
        try {
            ProcessDriver driver = driver(Cgroups.within(List.of(root)), interpreter);
            Confinement missing = new Confinement(Optional.empty(), List.of(), Set.of(), Set.of(), false, false,
                    List.of(Path.of("/nowhere")), List.of(), Map.of(), Map.of(), Optional.empty());
            for (int i = 0; i < 10; i++) {
                assertThat(driver.start(WEB, launch(missing, Map.of(), "true"), _ -> {})).isInstanceOf(Started.Failed.class);
                assertThat(root.resolve("reeve")).doesNotExist();
            }
        } finally {
            Files.delete(root);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("SUP-19 secrets are files that only the program's user reads, and are nowhere else")
    void secretsAreTheProgramsAlone(Interpreter interpreter) throws IOException {
        ProcessDriver driver = driver(Cgroups.find(), interpreter);
        Run run = start(driver, user("nobody"), Map.of("token", "canary-7741"), "sh", "-c",
                "wc -c < $REEVE_SECRETS_DIR/token; exec sleep 600");
        eventually(() -> assertThat(log()).isEqualTo("11\n"));
        Path secrets = Path.of(Processes.environment(run.pid()).get("REEVE_SECRETS_DIR"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secrets.resolve("token")))).isEqualTo("r--------");
        assertThat(Files.getOwner(secrets.resolve("token")).getName()).isEqualTo("nobody");
        for (ProcessFacts process : Processes.all(_ -> true)) {
            assertThat(read(Path.of("/proc/" + process.pid() + "/cmdline"))).doesNotContain("canary-7741");
            assertThat(read(Path.of("/proc/" + process.pid() + "/environ"))).doesNotContain("canary-7741");
        }
        for (Path file : files()) {
            assertThat(read(file)).as(file.toString()).doesNotContain("canary-7741");
        }
        driver.close();
        ProcessDriver next = driver();
        next.adopt();
        assertThat(secrets).isDirectory();
        next.signal(WEB, run, StopSignal.SIGTERM);
        eventually(() -> assertThat(exits).hasSize(1));
        assertThat(secrets).doesNotExist();
    }

    @Test
    void secretsOfAProgramThatEndedWhileNoReeveWasThereAreRemovedByTheNext() {
        ProcessDriver driver = driver();
        Run run = start(driver, NONE, Map.of("token", "x"), "sleep", "600");
        eventually(() -> assertThat(Processes.environment(run.pid())).containsKey("REEVE_SECRETS_DIR"));
        Path secrets = Path.of(Processes.environment(run.pid()).get("REEVE_SECRETS_DIR"));
        driver.close();
        Processes.signal(run.pid(), facts(run.pid()).startTicks(), Processes.SIGKILL);
        eventually(() -> assertThat(runs(run.pid())).isFalse());
        assertThat(secrets).isDirectory();
        driver().adopt();
        assertThat(secrets.getParent()).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void aCommandRunsBesideAProgramAsThatDoes(Interpreter interpreter) {
        ProcessDriver driver = driver(Cgroups.find(), interpreter);
        Run run = start(driver, user("nobody"), Map.of(), "sh", "-c", "exec sleep 600");
        eventually(() -> assertThat(Processes.environment(run.pid())).containsEntry("USER", "nobody"));
        Executed said = driver.exec(
                WEB, run, List.of("sh", "-c", "id -un; pwd; echo $REEVE_INSTANCE >&2; exit 3"), Duration.ofSeconds(20), 1000);
        assertThat(said).isEqualTo(new Executed(Optional.of(new Exit.Code(3)), "nobody\n" + state + "\nwiki/web/1\n"));
        assertThat(driver.exec(WEB, run, List.of("sh", "-c", "kill -9 $$"), Duration.ofSeconds(20), 1000).exit())
                .contains(new Exit.Signalled(9));
        assertThat(driver.exec(WEB, run, List.of("sh", "-c", "seq 1 100000"), Duration.ofSeconds(20), 14).output())
                .isEqualTo("\n99999\n100000\n");
        Executed late = driver.exec(
                WEB, run, List.of("sh", "-c", "echo early; setsid sleep 601 & sleep 602"), Duration.ofSeconds(2), 1000);
        assertThat(late.exit()).isEmpty();
        assertThat(late.output()).startsWith("early\n");
        eventually(() -> assertThat(Processes.all(facts -> read(Path.of("/proc/" + facts.pid() + "/cmdline")).matches("sleep.60[12].")))
                .isEmpty());
        assertThatThrownBy(() -> driver.exec(WEB, run, List.of("no-such-program"), Duration.ofSeconds(1), 10)).isInstanceOf(Failure.class);
        driver.signal(WEB, run, StopSignal.SIGKILL);
        eventually(() -> assertThat(exits).hasSize(1));
        assertThatThrownBy(() -> driver.exec(WEB, run, List.of("true"), Duration.ofSeconds(1), 10))
                .hasMessageContaining("it is not running");
    }

    private static Confinement user(String user) {
        return with(Optional.of(user), List.of(), Set.of(), Set.of(), false, Optional.empty());
    }

    private static Confinement with(Optional<String> user, List<String> groups, Set<String> add, Set<String> drop, boolean noNew,
            Optional<Integer> umask) {
        return new Confinement(user, groups, add, drop, noNew, false, List.of(), List.of(), Map.of(), Map.of(), umask);
    }

    private Run start(ProcessDriver driver, Confinement confinement, Map<String, String> secrets, String... command) {
        Started started = driver.start(WEB, launch(confinement, secrets, command), _ -> {});
        assertThat(started).isInstanceOf(Started.Ok.class);
        return ((Started.Ok) started).run();
    }

    private Launch launch(Confinement confinement, Map<String, String> secrets, String... command) {
        Launch plain = launch(Map.of(), command);
        return new Launch(plain.work(), plain.environment(), secrets, confinement, plain.resources(), plain.notification(),
                plain.output(), plain.spec());
    }

    private List<Path> files() throws IOException {
        try (var all = Files.walk(state)) {
            return new ArrayList<>(all.filter(Files::isRegularFile).toList());
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // it went away
        }
    }
}
