package reeve.run.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reeve.base.Session;
import reeve.base.os.Cgroups;
import reeve.base.os.Controllers;
import reeve.base.os.Limit;
import reeve.model.Confinement;
import reeve.model.Failure;
import reeve.model.Interaction;
import reeve.model.Resources;
import reeve.run.process.Shim.Interpreter;
import reeve.run.supervise.Driver.Launch;
import reeve.testing.NeedsProgram;
import reeve.testing.NeedsRoot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Commands of a service that are nobody's instance.
@Timeout(60)
final class OneOffTest extends RealProcessTest {

    private static Interaction command(String... words) {
        return new Interaction(List.of(words), Map.of(), Optional.empty());
    }

    private static String output(Session session) throws IOException {
        return new String(session.out().readAllBytes(), UTF_8);
    }

    private Launch launch(Confinement confinement, Resources resources) {
        Launch plain = launch(Map.of("COLOUR", "blue"), "sleep", "1000");
        return new Launch(plain.work(), plain.environment(), Map.of("key", "canary"), confinement, resources, plain.notification(),
                plain.output(), plain.spec());
    }

    @ParameterizedTest
    @EnumSource
    void itGetsWhatAnInstanceWouldAndLeavesNothing(Interpreter interpreter) throws Exception {
        ProcessDriver driver = driver(Cgroups.find(), interpreter);
        try (Session session = driver.once(WEB, launch(Confinement.NONE, Resources.UNLIMITED), command("sh", "-c", """
                echo "$COLOUR $(pwd) $REEVE_INSTANCE $(cat $REEVE_SECRETS_DIR/key)"; cat
                setsid sleep 1002 >/dev/null 2>&1 & echo $! >left; exit 5"""))) {
            session.in().write("typed\n".getBytes(UTF_8));
            session.in().close();
            assertThat(output(session)).isEqualTo("blue " + state.toRealPath() + " wiki/web/1 canary\ntyped\n");
            assertThat(session.await()).isEqualTo(5);
        }
        eventually(() -> assertThat(runs(pidIn("left"))).isFalse());
        assertThat(state.resolve("once")).isEmptyDirectory();
        assertThat(driver.adopt()).isEmpty();
    }

    @Test
    void whatAKilledReeveLeftOfItIsEndedByTheNext() throws IOException {
        ProcessDriver killed = driver();
        Session lost = killed.once(WEB, launch(Confinement.NONE, Resources.UNLIMITED),
                command("sh", "-c", "echo $REEVE_SECRETS_DIR >secrets; echo $$ >left; exec sleep 1003"));
        long left = pidIn("left");
        Path secrets = Path.of(Files.readString(state.resolve("secrets")).strip());
        assertThat(secrets).isDirectory();
        assertThat(driver().adopt()).isEmpty();
        assertThat(runs(left)).isFalse();
        assertThat(secrets).doesNotExist();
        assertThat(state.resolve("once")).isEmptyDirectory();
        lost.close();
    }

    @ParameterizedTest
    @EnumSource
    @NeedsRoot
    @NeedsProgram("setpriv")
    void itMayDoNoMoreThanItsServiceDeclares(Interpreter interpreter) throws Exception {
        Path open = Files.createDirectory(state.resolve("open"));
        Path own = Files.createDirectory(state.resolve("own"));
        for (Path folder = state; !folder.equals(Path.of("/tmp")); folder = folder.getParent()) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        }
        for (Path folder : List.of(state, open)) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        }
        var confinement = new Confinement(Optional.of("nobody"), List.of("mail"), Set.of(), Set.of("ALL"), true, true, List.of(),
                List.of(open), Map.of(own.toString(), "size=1m"), Map.of("nofile", new Confinement.Ulimit(99, 100)), Optional.of(027));
        String looks = """
                id -un; id -G; umask; ulimit -n; ulimit -Hn; cat $REEVE_SECRETS_DIR/key; grep -E 'NoNew|CapBnd' /proc/self/status
                for folder in . open own; do touch $folder/file 2>/dev/null && echo $folder; done; exit 0""";
        String expected = "nobody\n65534 8\n0027\n99\n100\ncanaryCapBnd:\t0000000000000000\nNoNewPrivs:\t1\nopen\nown\n";
        ProcessDriver driver = driver(Cgroups.find(), interpreter);
        try (Session session = driver.once(WEB, launch(confinement, Resources.UNLIMITED), command("sh", "-c", looks))) {
            assertThat(output(session)).isEqualTo(expected);
            assertThat(session.await()).isZero();
        }
        assertThat(own).as("it was the command's own").isEmptyDirectory();
        var onTerminal = new Interaction(List.of("sh", "-c", "echo through >/dev/tty; echo again >$(tty); " + looks), Map.of(),
                Optional.of(new Interaction.Terminal(25, 81)));
        try (Session session = driver.once(WEB, launch(confinement, Resources.UNLIMITED), onTerminal)) {
            assertThat(output(session).replace("\r", "")).isEqualTo("through\nagain\n" + expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void itUsesNoMoreThanItsServiceMayAndMemoryThatRanOutIsNamed(Interpreter interpreter) throws Exception {
        Cgroups cgroups = Cgroups.find();
        Assumptions.assumeTrue(cgroups.parent().isPresent() && Controllers.find(cgroups).available().size() == Limit.values().length,
                "no cgroup controller can be used here");
        ProcessDriver driver = driver(cgroups, interpreter);
        var limits = new Resources(OptionalLong.of(30L << 20), OptionalDouble.of(0.5), OptionalLong.of(42));
        try (Session session = driver.once(WEB, launch(Confinement.NONE, limits), command("sh", "-c",
                "echo $REEVE_COOKIE; read -r _; exec perl -e '$x = q(x) x 200_000_000; sleep 600'"))) {
            byte[] run = session.out().readNBytes(36 + 1);
            Path group = Path.of("reeve", new String(run, UTF_8).strip());
            assertThat(Path.of("/sys/fs/cgroup/pids").resolve(group).resolve("pids.max")).hasContent("42\n");
            assertThat(Path.of("/sys/fs/cgroup/cpu").resolve(group).resolve("cpu.cfs_quota_us")).hasContent("50000\n");
            session.in().write('\n');
            session.in().close();
            assertThat(session.err().readAllBytes()).asString(UTF_8).isEqualTo("reeve: it was killed: out of memory\n");
            assertThat(session.await()).isEqualTo(137);
        }
        try (Session session = driver.once(WEB, launch(Confinement.NONE, limits), command("sh", "-c", "kill -9 $$"))) {
            assertThat(session.err().readAllBytes()).isEmpty();
            assertThat(session.await()).isEqualTo(137);
        }
        try (Session session = driver.once(WEB, launch(Confinement.NONE, limits), new Interaction(
                List.of("perl", "-e", "$x = q(x) x 200_000_000"), Map.of(), Optional.of(new Interaction.Terminal(25, 81))))) {
            assertThat(output(session)).isEqualTo("reeve: it was killed: out of memory\r\n");
        }
    }

    @Test
    @NeedsRoot
    void whatCannotBeDoneIsSaidAndNothingIsLeft() {
        var confinement = new Confinement(Optional.empty(), List.of(), Set.of(), Set.of(), false, false, List.of(Path.of("/nowhere")),
                List.of(), Map.of(), Map.of(), Optional.empty());
        ProcessDriver driver = driver();
        assertThatThrownBy(() -> driver.once(WEB, launch(confinement, Resources.UNLIMITED), command("true")))
                .isInstanceOfSatisfying(Failure.class, failure -> assertThat(failure.kind()).isEqualTo(Failure.Kind.UNAVAILABLE))
                .hasMessageStartingWith("cannot run a command for wiki/web/1: cannot make /nowhere read-only");
        assertThat(state.resolve("once")).isEmptyDirectory();
    }
}
