package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reeve.model.Selector;
import reeve.model.wire.InstanceRow;
import reeve.model.wire.JournalRow;
import reeve.testing.NeedsProgram;
import reeve.testing.ReeveProcess;
import reeve.testing.RunsAs;

/// What changes around a program on a real node, and what happens to it: restarted once with the reason, left
/// alone, or stopped. Also how it ends, and what others learn of its secrets.
abstract class ChangesContract extends OneNode {
    private static final String CANARY = "canary-7f3a91c2e5";

    static void begin(RunsAs kind) throws IOException {
        begin(kind, values("at first", "sleep"));
    }

    /// @param other   a value that is known
    /// @param program another one
    static void configure(String other, String program) throws IOException {
        long before = configured();
        configuration(values(other, program));
        await().atMost(ReeveProcess.PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> configured() > before);
    }

    private static long configured() {
        return journal("n1").stream().filter(entry -> entry.what().equals("configured")).count();
    }

    private static String values(String other, String program) {
        return """
                values:
                  domain: { command: [%s] }
                  other: %s
                  program: %s
                # %s
                """.formatted(folder.resolve("lookup"), other, program, Instant.now());
    }

    private static void lookup(String script) throws IOException {
        script("lookup", script);
    }

    private static void script(String name, String script) throws IOException {
        Path next = Files.writeString(folder.resolve(name + ".next"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(next, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    @DisplayName("SUP-10: a changed argument, line of an env file, secret or value is one restart with its reason; the same again is none")
    void eachChangeIsOneRestartWithItsReason() throws IOException {
        Path env = Files.writeString(folder.resolve("web.env"), "COLOUR=blue\n");
        Path secret = Files.writeString(folder.resolve("web.key"), "first");
        String manifest = """
                name: changing
                services:
                  web: { command: [sleep, "1000"], environment: { OTHER: "${values.other}" }, env_file: web.env, secrets: [key] }
                secrets: { key: { file: web.key } }
                """;
        apply(manifest);
        InstanceRow web = reeve.awaitState("changing/web/1", "running");
        Files.writeString(env, "COLOUR=red\n");
        web = changes(web, manifest, "env_file changed");
        Files.writeString(secret, "second");
        web = changes(web, manifest, "secrets changed");
        manifest = manifest.replace("1000", "2000");
        web = changes(web, manifest, "command changed");
        configure("changed", "sleep"); // such as the node's domain
        changes(web, manifest, "environment changed");
        assertThat(reeve.starts("changing", "web")).isEqualTo(5);
        assertThat(reeve.stops("changing", "web")).isEqualTo(4);
        assertThat(reeve.instance("changing/web/1").restarts()).as("none of them a crash").isZero();
    }

    @Test
    @DisplayName("SUP-10: another version of its program, such as the node is configured to run, is one restart with its reason")
    void anotherVersionOfItsProgramIsOneRestart() throws IOException {
        for (String version : List.of("replica-1.0", "replica-1.1")) {
            script(version, "touch " + version + ".began; trap 'exit 0' TERM; sleep 1000 & wait");
        }
        configure("same", as.path(folder.resolve("replica-1.0")));
        String manifest = "name: versioned\nservices:\n  replica: { command: [\"${values.program}\"] }\n";
        apply(manifest);
        await().atMost(ReeveProcess.PATIENCE).until(() -> Files.exists(folder.resolve("replica-1.0.began")));
        InstanceRow before = reeve.awaitState("versioned/replica/1", "running");
        long starts = reeve.starts("versioned", "replica");
        long stops = reeve.stops("versioned", "replica");
        configure("same", as.path(folder.resolve("replica-1.1")));
        changes(before, manifest, "command changed");
        assertThat(folder.resolve("replica-1.1.began")).exists();
        assertThat(reeve.starts("versioned", "replica")).isEqualTo(starts + 1);
        assertThat(reeve.stops("versioned", "replica")).isEqualTo(stops + 1);
    }

    static InstanceRow changes(InstanceRow before, String manifest, String reason) {
        apply(manifest);
        InstanceRow after = awaitAnother(before);
        apply(manifest);
        apply(manifest);
        assertThat(journal(after.instance()).stream().filter(entry -> entry.why().equals(reason) && entry.what().equals("replacing")))
                .hasSize(1);
        return after;
    }

    @Test
    @DisplayName("SUP-11: a start that fails with a new value is tried again until it succeeds; then all is quiet")
    void aStartThatFailsWithANewValueIsTriedAgain() throws IOException {
        String manifest = "name: retried\nservices:\n  web: { command: [\"${values.program}\", \"1000\"], stop_grace_period: 1s }\n";
        apply(manifest);
        InstanceRow before = reeve.awaitState("retried/web/1", "running");
        String program = as.path(folder.resolve("program"));
        configure("one", program);
        await().atMost(ReeveProcess.PATIENCE).until(() -> reeve.starts("retried", "web") >= 3);
        assertThat(reeve.instance("retried/web/1").reason()).contains(program);
        script("program", "exec sleep $1");
        InstanceRow after = awaitAnother(before);
        long starts = reeve.starts("retried", "web");
        apply(manifest);
        configure("three", program);
        apply(manifest + "  other: { command: [sleep, \"1000\"], environment: { OTHER: \"${values.other}\" } }\n");
        reeve.awaitState("retried/other/1", "running");
        assertThat(reeve.starts("retried", "web")).isEqualTo(starts);
        assertThat(reeve.stops("retried", "web")).isEqualTo(1);
        assertThat(reeve.instance("retried/web/1").pid()).isEqualTo(after.pid());
    }

    @Test
    @DisplayName("SUP-12, SUP-9, REC-12: an unknown value changes nothing and is reported; a missing one stops its service")
    void aValueThatIsUnknownMissingAndBack() throws IOException {
        lookup("echo example.org");
        configure("known", "sleep");
        apply("""
                name: valued
                services:
                  web: { command: [sleep, "1000"], environment: { DOMAIN: "${values.domain}" } }
                  witness: { command: [sleep, "1000"], environment: { OTHER: "${values.other}" } }
                """);
        InstanceRow web = reeve.awaitState("valued/web/1", "running");
        InstanceRow witness = reeve.awaitState("valued/witness/1", "running");
        Files.delete(folder.resolve("lookup"));
        configure("unknown", "sleep");
        witness = awaitAnother(witness); // both values were looked up together
        assertThat(reeve.instance("valued/web/1").pid()).isEqualTo(web.pid());
        reeve.killHard();
        upAgain();
        reeve.awaitState("valued/witness/1", "running");
        await().atMost(ReeveProcess.PATIENCE).until(reeve::output, text -> text.contains("left as it is: value 'domain' is unknown"));
        assertThat(reeve.instance("valued/web/1").pid()).isEqualTo(web.pid());

        lookup("exit 1");
        configure("missing", "sleep");
        assertThat(reeve.awaitState("valued/web/1", "stopped").reason()).startsWith("cannot run it: no value 'domain'");
        assertThat(awaitAnother(witness).state()).isEqualTo("running");
        assertThat(alive(web.pid())).isFalse();

        lookup("echo example.org");
        configure("missing", "sleep");
        reeve.awaitState("valued/web/1", "running");
        assertThat(reeve.starts("valued", "web")).as("of this Reeve").isEqualTo(1);
    }

    /// For a shell: ends it where another copy runs.
    abstract String alone();

    @Test
    @NeedsProgram("flock")
    @DisplayName("SUP-13, SUP-14, SUP-15: a program that ignores TERM is killed with its child after the grace; never are there two copies")
    void aStubbornProgramIsReplacedWithoutASecondCopy() throws IOException {
        String manifest = """
                name: stubborn
                services:
                  web: { command: [sh, -c, "%s trap '' TERM; sleep 7777 & echo up > child; while :; do wait; done"], environment: { COLOUR: blue }, stop_grace_period: 1s }
                """.formatted(alone());
        apply(manifest);
        InstanceRow before = reeve.awaitState("stubborn/web/1", "running");
        await().atMost(ReeveProcess.PATIENCE).until(() -> Files.exists(folder.resolve("child")));
        List<ProcessHandle> children = ProcessHandle.allProcesses().filter(ChangesContract::isChild).toList();
        assertThat(children).isNotEmpty();
        assertThat(group(before.pid())).isEqualTo(before.pid());
        apply(manifest.replace("blue", "red"));
        apply(manifest.replace("blue", "green"));
        InstanceRow after = awaitAnother(before);
        assertThat(alive(before)).isFalse();
        assertThat(children).noneMatch(child -> alive(child.pid()));
        assertThat(reeve.starts("stubborn", "web")).isEqualTo(2);
        assertThat(reeve.stops("stubborn", "web")).isEqualTo(1);
        assertThat(after.restarts()).as("a second copy would not have got the lock").isZero();
        Instant asked = journal("stubborn/web/1").stream().filter(entry -> entry.what().equals("replacing")).findFirst().orElseThrow().at();
        Instant again = journal("stubborn/web/1").stream().filter(entry -> entry.what().equals("starting")).map(JournalRow::at)
                .max(Instant::compareTo).orElseThrow();
        assertThat(Duration.between(asked, again)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        reeve.client().stop(Selector.parse("stubborn"));
        reeve.client().stop(Selector.parse("stubborn"));
        reeve.awaitState("stubborn/web/1", "stopped");
        reeve.client().stop(Selector.parse("stubborn"));
        assertThat(reeve.stops("stubborn", "web")).isEqualTo(2);
        assertThat(alive(after.pid())).isFalse();
    }

    private static boolean isChild(ProcessHandle process) {
        return process.info().commandLine().orElse("").endsWith(" 7777");
    }

    /// Field 5 of `/proc/PID/stat`, see proc(5).
    private static long group(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[2]);
    }

    @Test
    @DisplayName("SUP-16: a program that is killed is started again, which is no stop; supervision §2.3: with its hooks for each creation")
    void aKilledProgramIsStartedAgainWithItsHooks() throws IOException {
        apply("""
                name: killed
                services:
                  web: { command: [sleep, "1000"], hooks: [ { run: [sh, -c, "echo each >> hooks"], on: post_start },
                                                            { run: [sh, -c, "echo once >> hooks"], on: post_start, when: once } ] }
                """);
        InstanceRow before = reeve.awaitState("killed/web/1", "running");
        ProcessHandle.of(before.pid()).orElseThrow().destroyForcibly();
        InstanceRow after = awaitAnother(before);
        assertThat(reeve.starts("killed", "web")).isEqualTo(2);
        assertThat(reeve.stops("killed", "web")).isZero();
        reeve.client().restart(Selector.parse("killed/web"));
        awaitAnother(after);
        assertThat(Files.readAllLines(folder.resolve("hooks"))).containsExactly("each", "once", "each", "each");
    }

    @Test
    @DisplayName("supervision §2.3: a probe that fails only tells; one owner restarts, once")
    void aFailedProbeIsOneRestart() throws IOException {
        apply("""
                name: probed
                services:
                  web: { command: [sh, -c, "touch well; exec sleep 1000"],
                         healthcheck: { test: [CMD, ls, well], interval: 500ms, timeout: 10s, retries: 1, start_period: 20s } }
                """);
        InstanceRow before = reeve.awaitState("probed/web/1", "running");
        Files.delete(folder.resolve("well"));
        awaitAnother(before);
        assertThat(reeve.starts("probed", "web")).isEqualTo(2);
        assertThat(reeve.stops("probed", "web")).isEqualTo(1);
    }

    @Test
    @DisplayName("supervision §2.3: what nobody wants to run asks for nothing: a secret missing there is no failure")
    void whatNobodyWantsToRunAsksForNothing() throws IOException {
        Files.writeString(folder.resolve("there.key"), "there");
        String manifest = """
                name: calm
                services:
                  disabled: { command: [sleep, "1000"], enabled: false, secrets: [absent], env_file: absent.env }
                  stopped: { command: [sleep, "1000"], secrets: [gone] }
                  web: { command: [sleep, "1000"] }
                secrets: { absent: { file: absent.key }, gone: { file: there.key } }
                """;
        apply(manifest);
        reeve.awaitState("calm/web/1", "running");
        reeve.awaitState("calm/stopped/1", "running");
        reeve.client().stop(Selector.parse("calm/stopped"));
        reeve.awaitState("calm/stopped/1", "stopped");
        Files.delete(folder.resolve("there.key"));
        apply(manifest);
        reeve.killHard();
        upAgain(); // its first pass comes at once
        apply(manifest);
        assertThat(reeve.awaitState("calm/stopped/1", "stopped").reason()).isEqualTo("stopped by a user");
        assertThat(reeve.awaitState("calm/disabled/1", "disabled").reason()).startsWith("not enabled");
        await().during(Duration.ofSeconds(1)).atMost(ReeveProcess.PATIENCE).until(reeve::output,
                text -> !text.contains("absent") && !text.contains("there.key") && !text.contains("failed="));
        assertThat(journal("calm/disabled/1")).noneMatch(entry -> entry.why().contains("absent"));
    }

    @Test
    @DisplayName("SUP-19: a secret stands in nobody's arguments, in no log, journal or store, and in no answer")
    void aSecretIsNowhereElse() throws IOException {
        Files.writeString(folder.resolve("canary.key"), CANARY);
        String manifest = """
                name: secretive
                services:
                  web: { command: [sleep, "1000"], secrets: [key], environment: { KEY: { secret: key } } }
                  broken: { command: [/nowhere/program], secrets: [key], environment: { KEY: { secret: key } } }
                  proof: { command: [sh, -c, "test \\"$$KEY\\" = \\"$$(cat %s/key)\\" && echo same"], secrets: [key], environment: { KEY: { secret: key } }, restart: "no" }
                secrets: { key: { file: canary.key } }
                """.formatted(as.secrets());
        apply(manifest);
        reeve.awaitState("secretive/web/1", "running");
        reeve.awaitState("secretive/broken/1", "backing_off");
        assertThat(reeve.awaitState("secretive/proof/1", "done").reason()).contains("code 0");
        reeve.client().restart(Selector.parse("secretive/web"));
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            assertThat(processes.filter(path -> path.getFileName().toString().matches("[0-9]+")).map(path -> path.resolve("cmdline"))
                    .filter(ChangesContract::holds)).isEmpty();
        }
        Path state = folder.resolve("state");
        try (Stream<Path> files = Stream.concat(Files.walk(state.resolve("logs")), Stream.concat(Files.list(state), Files.list(folder)))) {
            assertThat(files.filter(Files::isRegularFile).filter(ChangesContract::holds)).containsExactly(folder.resolve("canary.key"));
        }
        assertThat(reeve.client().explain(Selector.parse("secretive")).toString()).doesNotContain(CANARY);
        assertThat(journal("secretive").toString()).doesNotContain(CANARY);
    }

    private static boolean holds(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(CANARY);
        } catch (IOException e) {
            return false; // it is gone
        }
    }
}
