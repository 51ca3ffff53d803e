package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reeve.base.os.Processes;
import reeve.model.wire.AppRow;
import reeve.model.wire.InstanceRow;
import reeve.model.wire.JournalRow;
import reeve.testing.HeldSocket;
import reeve.testing.NeedsProgram;
import reeve.testing.NeedsRoot;
import reeve.testing.Podman;
import reeve.testing.ReeveProcess;
import reeve.testing.RunsAs;

/// Passes of a real node over processes and over containers at a real Podman. A test can hold up its removal of a volume, and with
/// it the pass that asks for it.
@NeedsRoot
@NeedsProgram({"podman", "runc", "catatonit", "busybox", "iptables"})
class PassesEndToEndTest extends OneNode {
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Pattern REMOVAL = Pattern.compile("^DELETE \\S+/volumes/(\\w+)");
    private static final int SIGSTOP = 19;
    private static final int SIGCONT = 18;

    private static Podman podman;
    private static Process podmanService;
    private static HeldSocket holding;

    @BeforeAll
    static void begin() throws IOException {
        podman = new Podman();
        Path socket = podman.socket();
        podmanService = podman.services().getLast();
        Path between = folder.resolve("podman.sock");
        holding = new HeldSocket(between, socket, PassesEndToEndTest::holdRemovals);
        begin(new RunsAs.Containers(podman, "podman: { socket: " + between + ", program: " + podman.program() + " }\n"),
                "catalog: [" + Files.createDirectory(folder.resolve("catalog")) + "]\n");
    }

    private static void holdRemovals(String request) {
        Matcher removal = REMOVAL.matcher(request);
        if (removal.find()) {
            try {
                Files.writeString(folder.resolve("removals"), removal.group(1) + "\n",
                        StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            await().atMost(ReeveProcess.PATIENCE).until(() -> !Files.exists(folder.resolve("held")));
        }
    }

    @BeforeEach
    void forgetRemovals() throws IOException {
        Files.deleteIfExists(folder.resolve("removals"));
    }

    @AfterAll
    static void stopHolding() throws IOException {
        holding.close();
    }

    @Test
    @DisplayName("SUP-8, REC-7: data stays while a stop fails, and goes after it; a pass that hangs in it is let finish, and is the last")
    void dataStaysWhileAStopFailsAndThePassThatRemovesItMayFinish() throws IOException {
        Path file = data("wiki");
        signal(podmanService, SIGSTOP); // now no stop succeeds
        try {
            reeve.client().down("wiki", true);
            beginAnew();
            await().during(Duration.ofSeconds(1)).atMost(ReeveProcess.PATIENCE).until(() -> removals().isEmpty() && Files.exists(file));
            assertThat(reeve.instance("wiki/db/1").state()).as("nobody knows").isEqualTo("unknown");
            hold(true);
        } finally {
            signal(podmanService, SIGCONT);
        }
        gone();
        removesNext("wiki_data"); // the pass is not waited for
        assertThat(file).hasContent("precious\n");
        Process ending = reeve.askToEnd();
        await().during(Duration.ofSeconds(1)).atMost(ReeveProcess.PATIENCE).until(ending::isAlive);
        assertThat(file).exists();
        hold(false);
        ending.onExit().join();
        assertThat(file).doesNotExist();
        assertThat(removals()).containsExactly("wiki_data");

        upAgain();
        assertThat(journal("wiki")).filteredOn(entry -> entry.what().equals("volumes_removed")).hasSize(1);
    }

    @Test
    @DisplayName("REC-5, REC-8, REC-13, REC-14: 30 s after a pass that failed the next repairs what is installed; there is one loop")
    void aPassThatFailsIsFollowedByOneThatRepairs() throws IOException {
        for (int i = 0; i < 57; i++) {
            entry("other" + i, "command: [touch, " + folder.resolve("never") + "]");
        }
        entry("one", "command: [sleep, \"1000\"]");
        entry("two", "image: " + Podman.BOX + ", init: true, command: [sleep, \"1000\"]");
        entry("three", "command: [sleep, \"1000\"]");
        for (String app : List.of("one", "two", "three")) {
            assertThat(reeve.run("install", app).exitCode()).isZero();
        }
        InstanceRow one = reeve.awaitState("one/web/1", "running");
        InstanceRow two = reeve.awaitState("two/web/1", "running");
        InstanceRow three = reeve.awaitState("three/web/1", "running");
        data("past");
        hold(true);
        reeve.client().down("past", true);
        removesNext("past_data"); // here it hangs

        reeve.interrupt();
        forgetRemovals();
        ProcessHandle.of(one.pid()).orElseThrow().destroyForcibly();
        podman.podman("rm", "--force", "--time=0", "two-web-1");
        entry("three", "comand: [sleep, \"2000\"]");
        upAgain();
        removesNext("past_data"); // and here again
        awaitAnother(one);
        awaitAnother(two);
        await().during(Duration.ofSeconds(3)).atMost(ReeveProcess.PATIENCE).until(() -> passesThatFailed().isEmpty());
        hold(false);
        await().atMost(ReeveProcess.PATIENCE).until(() -> passesThatFailed().size() == 1);
        assertThat(reeve.output()).contains("not as it should be: subject=three reason=").contains("comand");
        assertThat(reeve.instance("three/web/1").pid()).isEqualTo(three.pid());

        entry("three", "command: [sleep, \"2000\"]");
        ReeveProcess.Ran beside = reeve.run("up", "--state", folder.resolve("state").toString(), "--socket",
                folder.resolve("b.sock").toString());
        assertThat(beside.exitCode()).isPositive();
        assertThat(beside.err()).contains("one state folder serves one node");
        Process follower = reeve.builder("up").redirectErrorStream(true).redirectOutput(folder.resolve("follower.txt").toFile()).start();
        try {
            await().atMost(INTERVAL.plus(ReeveProcess.PATIENCE)).until(() -> updates("three").size() == 1);
        } finally {
            follower.destroy();
        }
        Duration between = Duration.between(passesThatFailed().getFirst(), updates("three").getFirst());
        assertThat(between.plusMillis(10)).isGreaterThanOrEqualTo(INTERVAL);
        awaitAnother(three);
        assertThat(passesThatFailed()).as("none of another loop").hasSize(1);
        assertThat(reeve.client().apps()).extracting(AppRow::app).containsExactlyInAnyOrder("one", "two", "three");
        assertThat(folder.resolve("never")).doesNotExist();
    }

    private static void entry(String app, String service) throws IOException {
        put("catalog/" + app + ".yaml", "name: " + app + "\nservices: { web: { " + service + " } }\n");
    }

    /// When they ended.
    private static List<Instant> passesThatFailed() {
        return Pattern.compile("(?m)^(\\S+) .* pass: ok=\\d+ failed=\\d+").matcher(reeve.output()).results()
                .map(line -> Instant.parse(line.group(1))).toList();
    }

    private static List<Instant> updates(String app) {
        return journal(app).stream().filter(entry -> entry.what().equals("updated")).map(JournalRow::at).toList();
    }

    /// An app of one container, with a volume in which it has written.
    private static Path data(String app) {
        reeve.apply("""
                name: %s
                services:
                  db:
                    image: %s
                    command: [sh, -c, "trap 'exit 0' TERM; echo precious > /data/file; sleep 1000 & wait"]
                    volumes: ["data:/data"]
                volumes: { data: {} }
                """.formatted(app, Podman.BOX));
        reeve.awaitState(app + "/db/1", "running");
        Path file = Path.of(podman.podman("volume", "inspect", "--format", "{{.Mountpoint}}", app + "_data")).resolve("file");
        await().atMost(ReeveProcess.PATIENCE).until(() -> Files.exists(file));
        return file;
    }

    private static void hold(boolean yes) throws IOException {
        if (yes) {
            Files.createFile(folder.resolve("held"));
        } else {
            Files.delete(folder.resolve("held"));
        }
    }

    private static List<String> removals() throws IOException {
        Path file = folder.resolve("removals");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private static void removesNext(String volume) {
        await().atMost(ReeveProcess.PATIENCE).until(() -> removals().contains(volume));
    }

    private static void signal(Process process, int signal) {
        Processes.facts(process.pid()).ifPresent(facts -> Processes.signal(process.pid(), facts.startTicks(), signal));
    }

    /// Its first pass is made at once.
    private static void beginAnew() {
        reeve.interrupt();
        upAgain();
    }
}
