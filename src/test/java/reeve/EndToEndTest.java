package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.model.wire.InstanceRow;
import reeve.model.wire.JournalRow;
import reeve.testing.ReeveProcess;

/// Reeve as a newcomer meets it: real processes behind the real proxy, driven by the real command line.
@Tag("it")
class EndToEndTest {
    @TempDir
    Path folder;

    private ReeveProcess reeve;

    @BeforeEach
    void begin() {
        reeve = new ReeveProcess(folder);
    }

    @AfterEach
    void end() {
        reeve.close();
    }

    private static String hello() {
        return Path.of("examples", "hello").toAbsolutePath().toString();
    }

    private Path manifest(String text) throws IOException {
        Path file = folder.resolve("reeve.yaml");
        Files.writeString(file, text);
        return file;
    }

    private List<JournalRow> journal(String subject) {
        return reeve.client().journal(Optional.of(subject), 1000);
    }

    private static String sleeper(String name) {
        return """
                name: %s
                services:
                  one:
                    command: ["sleep", "1000"]
                    stop_grace_period: 2s
                """.formatted(name);
    }

    @Test
    void theHelloExampleAnswersFromEachServiceAndAnUnknownHostListsTheRoutes() {
        reeve.up("-f", hello());
        reeve.awaitState("hello/hello/1", "running");
        reeve.awaitState("hello/nap/1", "running");
        for (String host : List.of("hello.localhost", "nap.localhost")) {
            HttpResponse<String> answer = reeve.get(host, "/");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("<html");
        }
        HttpResponse<String> unknown = reeve.get("unknown.localhost", "/");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("hello.localhost").contains("nap.localhost");
        String port = reeve.httpAddress().substring(reeve.httpAddress().lastIndexOf(':') + 1);
        await().atMost(ReeveProcess.PATIENCE).untilAsserted(() -> assertThat(reeve.output())
                .contains("http://hello.localhost:" + port + "/").contains("http://nap.localhost:" + port + "/").contains("running"));
    }

    @Test
    void aKilledServiceRunsAgainAndTheJournalSaysWhy() throws IOException {
        reeve.up("-f", manifest(sleeper("a")).toString());
        long pid = reeve.awaitState("a/one/1", "running").pid();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        await().atMost(ReeveProcess.PATIENCE).until(() -> reeve.instance("a/one/1").restarts() == 1);
        InstanceRow again = reeve.awaitState("a/one/1", "running");
        assertThat(again.pid()).isNotEqualTo(pid);
        assertThat(journal("a/one/1")).anySatisfy(entry -> assertThat(entry.why()).contains("signal 9 (SIGKILL)"));
        ReeveProcess.Ran explained = reeve.run("explain", "a/one");
        assertThat(explained.out()).contains("SIGKILL");
    }

    @Test
    void killingReeveLeavesEveryServiceRunningAndANewOneAdoptsThem_PROMISE_13() throws IOException {
        Path file = manifest("""
                name: a
                services:
                  one: { command: ["sleep", "1000"] }
                  two: { command: ["sleep", "1000"], depends_on: [one] }
                  short: { command: ["sh", "-c", "sleep 3; exit 7"], restart: "no" }
                """);
        reeve.up("-f", file.toString());
        long one = reeve.awaitState("a/one/1", "running").pid();
        long two = reeve.awaitState("a/two/1", "running").pid();
        long third = reeve.awaitState("a/short/1", "running").pid();
        reeve.killHard();
        await().atMost(ReeveProcess.PATIENCE).until(() -> ProcessHandle.of(third).map(process -> !process.isAlive()).orElse(true));
        assertThat(ProcessHandle.of(one).orElseThrow().isAlive()).isTrue();
        reeve.up();
        assertThat(reeve.awaitState("a/one/1", "running").pid()).isEqualTo(one);
        assertThat(reeve.awaitState("a/two/1", "running").pid()).isEqualTo(two);
        assertThat(reeve.awaitState("a/short/1", "failed").reason()).isEqualTo("ended with exit code 7 while Reeve was away");
        assertThat(reeve.instance("a/one/1").restarts()).isZero();
    }

    @Test
    void termLeavesServicesRunningAndSaysSo() throws IOException {
        reeve.up("-f", manifest(sleeper("a")).toString());
        long pid = reeve.awaitState("a/one/1", "running").pid();
        reeve.interrupt();
        assertThat(ProcessHandle.of(pid).orElseThrow().isAlive()).isTrue();
        assertThat(reeve.output()).contains("go on").contains("reeve down");
    }

    @Test
    void anIdleServiceFallsAsleepAndTwoHundredRequestsWakeItOnce_PROMISE_16() throws IOException {
        reeve.up("-f", manifest("""
                name: a
                services:
                  nap:
                    command: ["${java.home}/bin/jwebserver", "-b", "127.0.0.1", "-p", "${port}"]
                    route: { host: nap.localhost }
                    sleep: { after: 2s }
                """).toString());
        long pid = reeve.awaitState("a/nap/1", "running").pid();
        assertThat(reeve.get("nap.localhost", "/").statusCode()).isEqualTo(200);
        reeve.awaitState("a/nap/1", "asleep");
        ReeveProcess.Ran ps = reeve.run("ps");
        assertThat(ps.out()).contains("asleep");
        var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < 200; i++) {
            answers.add(reeve.http().sendAsync(reeve.request("nap.localhost", "/"), HttpResponse.BodyHandlers.ofString()));
        }
        assertThat(answers).allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
        assertThat(reeve.instance("a/nap/1").pid()).isEqualTo(pid);
        assertThat(journal("a/nap").stream().filter(entry -> entry.subject().equals("a/nap") && entry.what().equals("waking"))).hasSize(1);
    }

    @Test
    void aServiceThatSleepsByEndingIsStartedAgainByARequest() throws IOException {
        reeve.up("-f", manifest("""
                name: a
                services:
                  nap:
                    command: ["${java.home}/bin/jwebserver", "-b", "127.0.0.1", "-p", "${port}"]
                    route: { host: nap.localhost }
                    sleep: { after: 1h, how: stop }
                """).toString());
        long pid = reeve.awaitState("a/nap/1", "running").pid();
        assertThat(reeve.run("sleep", "a/nap").exitCode()).isZero();
        assertThat(reeve.awaitState("a/nap/1", "asleep").pid()).isNull();
        assertThat(reeve.get("nap.localhost", "/").statusCode()).isEqualTo(200);
        assertThat(reeve.instance("a/nap/1").pid()).isNotNull().isNotEqualTo(pid);
    }

    @Test
    void aStopByTheUserLastsAcrossRestartsAndIsNotWokenByARequest() throws IOException {
        reeve.up("-f", manifest("""
                name: a
                services:
                  web:
                    command: ["${java.home}/bin/jwebserver", "-b", "127.0.0.1", "-p", "${port}"]
                    route: { host: web.localhost }
                    sleep: { after: 1h }
                """).toString());
        reeve.awaitState("a/web/1", "running");
        assertThat(reeve.run("stop", "a/web").exitCode()).isZero();
        reeve.awaitState("a/web/1", "stopped");
        HttpResponse<String> answer = reeve.get("web.localhost", "/");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("stopped by a user");
        reeve.killHard();
        reeve.up();
        assertThat(reeve.awaitState("a/web/1", "stopped").pid()).isNull();
        assertThat(reeve.run("start", "a/web").exitCode()).isZero();
        reeve.awaitState("a/web/1", "running");
        assertThat(reeve.get("web.localhost", "/").statusCode()).isEqualTo(200);
    }

    @Test
    void aWrongManifestLeavesWhatRunsUntouched() throws IOException {
        Path file = manifest(sleeper("a"));
        reeve.up("-f", file.toString());
        long pid = reeve.awaitState("a/one/1", "running").pid();
        Files.writeString(file, "name: a\nservices:\n  one:\n    comand: [\"false\"]\n");
        ReeveProcess.Ran refused = reeve.run("apply", "-f", file.toString());
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains(":4:5:").contains("comand").contains("did you mean 'command'");
        assertThat(reeve.instance("a/one/1").pid()).isEqualTo(pid);
        assertThat(reeve.instance("a/one/1").state()).isEqualTo("running");
    }

    @Test
    void applyTouchesOnlyTheAppsInItsFilesAndPlanChangesNothing() throws IOException {
        Path first = manifest(sleeper("a"));
        Path second = folder.resolve("b.yaml");
        Files.writeString(second, sleeper("b"));
        reeve.up("-f", first.toString());
        assertThat(reeve.run("apply", "-f", second.toString()).exitCode()).isZero();
        long one = reeve.awaitState("a/one/1", "running").pid();
        long two = reeve.awaitState("b/one/1", "running").pid();
        Files.writeString(second, sleeper("b").replace("1000", "2000"));
        ReeveProcess.Ran plan = reeve.run("plan", "-f", second.toString());
        assertThat(plan.out()).contains("b/one").contains("command changed");
        assertThat(reeve.instance("b/one/1").pid()).isEqualTo(two);
        assertThat(reeve.run("apply", "-f", second.toString()).exitCode()).isZero();
        await().atMost(ReeveProcess.PATIENCE).until(() -> {
            Long pid = reeve.instance("b/one/1").pid();
            return pid != null && pid != two;
        });
        assertThat(reeve.instance("a/one/1").pid()).isEqualTo(one);
        assertThat(reeve.run("down", "a").exitCode()).isZero();
        await().atMost(ReeveProcess.PATIENCE)
                .until(() -> reeve.client().instances(Optional.empty()).stream().noneMatch(row -> row.app().equals("a")));
        assertThat(ProcessHandle.of(one).map(ProcessHandle::isAlive).orElse(false)).isFalse();
        assertThat(reeve.awaitState("b/one/1", "running").pid()).isNotNull();
    }

    @Test
    void aNodeWithoutRoutesBindsNoHttpPort() throws IOException {
        reeve.up("-f", manifest(sleeper("a")).toString());
        reeve.awaitState("a/one/1", "running");
        assertThat(reeve.client().node().http()).isNull();
    }

    @Test
    void aServiceGetsNothingOfReevesOwnEnvironment_SUP_19() throws IOException {
        reeve.up("-f", manifest("""
                name: a
                services:
                  env: { command: ["env"], restart: "no", environment: { COLOUR: "blue and \\"green\\"" } }
                """).toString());
        reeve.awaitState("a/env/1", "done");
        ReeveProcess.Ran logs = reeve.run("logs", "a/env");
        assertThat(logs.out()).contains("COLOUR=blue and \"green\"").doesNotContain("REEVE_CANARY");
    }

    @Test
    void aSecondUpOnTheSameSocketAppliesAndFollows() throws IOException {
        reeve.up("-f", manifest(sleeper("a")).toString());
        reeve.awaitState("a/one/1", "running");
        Path second = folder.resolve("b.yaml");
        Files.writeString(second, sleeper("b"));
        try (var other = new Follower("up", "-f", second.toString())) {
            reeve.awaitState("b/one/1", "running");
            await().atMost(ReeveProcess.PATIENCE).until(() -> other.output().contains("b/one/1"));
        }
        assertThat(reeve.instance("b/one/1").state()).isEqualTo("running");
    }

    /// A command that goes on until it is closed.
    private final class Follower implements AutoCloseable {
        private final Process process;
        private final Path file = folder.resolve("follower.txt");

        Follower(String... arguments) throws IOException {
            process = reeve.builder(arguments).redirectErrorStream(true).redirectOutput(file.toFile()).start();
        }

        String output() throws IOException {
            return Files.readString(file);
        }

        @Override
        public void close() {
            process.destroy();
            process.onExit().join();
        }
    }
}
