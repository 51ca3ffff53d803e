package reeve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.model.wire.InstanceRow;
import reeve.testing.ReeveProcess;

/// Wrong input and trouble as people meet them: one clear text, one exit code, and nothing that ran is touched.
@Tag("it")
class CommandLineTest {
    private static final String APP = """
            name: a
            services:
              one: { command: ["sleep", "1000"], stop_grace_period: 2s }
            """;

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

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private void refused(int exitCode, String says, String... arguments) {
        ReeveProcess.Ran ran = reeve.run(arguments);
        assertThat(ran.err()).contains(says).startsWith("reeve: ").doesNotContain("\tat ");
        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(exitCode);
    }

    @Test
    void withoutANodeVerbsSaySoAndUpNamesWhatItCannotDo() throws IOException {
        refused(3, "nobody answers there", "ps");
        refused(2, "there is no verb 'stat'; did you mean 'start'?", "stat");
        refused(2, "there is no option '--sokcet'; did you mean '--socket'?", "ps", "--sokcet", "x");
        refused(2, "it does not exist", "up", "-f", "nowhere.yaml");
        refused(2, "cannot find a manifest in", "up", "-f", Files.createDirectory(folder.resolve("empty")).toString());
        refused(2, "node.yaml:1:1", "up", "--config", file("node.yaml", "nmae: x\n"));
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            String state = folder.resolve("other").toString();
            String holder = "(pid " + ProcessHandle.current().pid() + ")";
            refused(5, holder, "up", "--state", state, "--http", address, "--admin", "127.0.0.1:0");
            refused(5, holder, "up", "--state", state, "--admin", address);
            refused(5, holder, "up", "-d", "--state", state, "--admin", address);
        }
    }

    @Test
    void stateAndSocketComeFromTheConfigurationFileWhereNoFlagNamesThem() throws IOException {
        Path state = folder.resolve("configured");
        String config = file("node.yaml", "state: " + state + "\nhttp: 127.0.0.1:0\nadmin: 127.0.0.1:0\n");
        ReeveProcess.Ran up = reeve.run("up", "-d", "--config", config);
        try {
            assertThat(up.exitCode()).as(up.err()).isZero();
            assertThat(up.out()).contains("its log is " + state.resolve("reeve.log"));
            assertThat(state.resolve("store.db")).exists();
        } finally {
            reeve.run("down", "--all");
        }
    }

    @Test
    void wrongInputLeavesWhatRunsUntouched() throws IOException {
        reeve.up("-f", file("reeve.yaml", APP));
        reeve.awaitState("a/one/1", "running");
        Map<String, InstanceRow> before = instances();

        refused(2, ":3:10: ", "apply", "-f", file("key.yaml", "name: a\nservices:\n  one: { comand: [x] }\n"));
        refused(2, "broken.yaml:", "apply", "-f", file("broken.yaml", "name: a\nservices: [\n"));
        refused(2, "two", "apply", "-f", file("needs.yaml", APP.replace("stop_grace", "depends_on: [two], stop_grace")));
        refused(2, "volumes", "apply", "-f", file("volumes.yaml", APP.replace("stop_grace_period: 2s", "volumes: [x]")));
        refused(2, "twice.yaml:", "apply", "-f", file("twice.yaml", APP + "name: b\n"));
        refused(2, "expected one of", "ps", "-o", "yaml");
        refused(2, "expected APP", "stop", "a/b/c/d");
        refused(4, "cannot find app 'aa': it is not declared on this node; did you mean 'a'?", "explain", "aa");
        refused(4, "cannot find service 'a/onne': the app has one; did you mean 'one'?", "explain", "a/onne");
        refused(5, "its manifest has no 'sleep'", "sleep", "a/one");
        refused(5, "has it open", "up", "--state", folder.resolve("state").toString(),
                "--socket", folder.resolve("second.sock").toString());

        assertThat(instances()).isEqualTo(before);
    }

    @Test
    void whatDoesNotStartSaysWhyEverywhere() throws IOException {
        reeve.up("-f", file("reeve.yaml", """
                name: a
                services:
                  missing: { command: ["no-such-program"] }
                  broken: { command: ["sh", "-c", "echo no database here; exit 3"], environment: { X: "${UNSET}" } }
                  deaf: { command: ["sleep", "1000"], environment: { PORT: "${port}" }, healthcheck: { http: /ready } }
                """));
        reeve.awaitState("a/missing/1", "backing_off");
        reeve.awaitState("a/broken/1", "backing_off");
        assertThat(reeve.run("ps").out()).contains("cannot run 'no-such-program'", "ended with exit code 3");
        assertThat(reeve.run("explain", "a").out()).contains("a/broken/1 wrote last: no database here", "does not answer GET /ready");
        assertThat(reeve.run("logs", "a/broken").out()).contains("broken/1 | no database here");
        assertThat(reeve.output()).contains("warning: ", "UNSET is not set", "broken/1 | no database here");
    }

    private Map<String, InstanceRow> instances() {
        return reeve.client().instances(Optional.empty()).stream().collect(Collectors.toMap(InstanceRow::instance, Function.identity()));
    }
}
