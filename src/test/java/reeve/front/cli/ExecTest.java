package reeve.front.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.testing.FakeServer;

/// Talking to commands through the real API over a real socket.
@Timeout(30)
final class ExecTest {
    @TempDir
    Path folder;

    private FakeServer server;
    private Terminal terminal;

    @BeforeEach
    void startNode() throws IOException {
        server = new FakeServer(folder);
        terminal = new Terminal(folder, server.time);
        Files.writeString(folder.resolve("reeve.yaml"), "name: wiki\nservices:\n  web: { command: [web], deploy: { replicas: 2 } }\n");
        assertThat(terminal.run("apply", "-f", folder.toString())).isZero();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void outputErrorsAndTheExitCodeArePassedOn() {
        assertThat(terminal.run("exec", "wiki/web", "echo", "--help", "-t", "--", "x")).isZero();
        assertThat(terminal.out()).isEqualTo("--help -t -- x {}\n");
        assertThat(terminal.run("exec", "-e", "A=b", "wiki/web/2", "--", "echo", "hi")).isZero();
        assertThat(terminal.out()).isEqualTo("hi {A=b}\n");
        assertThat(terminal.run("exec", "wiki/web", "fail", "42")).isEqualTo(42);
        assertThat(terminal.err()).isEqualTo("it failed\n");
        assertThat(server.node.acts).endsWith("exec wiki/web/1 echo --help -t -- x", "exec wiki/web/2 echo hi", "exec wiki/web/1 fail 42");
        assertThat(server.node.sessions).allMatch(session -> session.sizes.isEmpty());
    }

    @Test
    void aCopyOfAServiceIsTalkedToLikeACommand() {
        assertThat(terminal.run("run", "--rm", "-e", "A=b", "wiki/web", "--", "echo", "--rm")).isZero();
        assertThat(terminal.out()).isEqualTo("--rm {A=b}\n");
        assertThat(terminal.run("run", "wiki/web")).isZero();
        assertThat(terminal.out()).isEqualTo("its own command {}\n");
        assertThat(terminal.run("run", "wiki/web", "fail", "9")).isEqualTo(9);
        assertThat(server.node.acts).endsWith("run wiki/web [echo, --rm]", "run wiki/web []", "run wiki/web [fail, 9]");
        assertThat(terminal.run("run", "wiki/wbe")).isEqualTo(4);
        assertThat(terminal.err()).contains("did you mean 'web'?");
        assertThat(terminal.run("run", "wiki/web/1")).isEqualTo(2);
    }

    @Test
    void whatIsPipedInIsHandedOnToItsEnd() {
        byte[] much = "0123456789".repeat(30_000).getBytes(StandardCharsets.UTF_8);
        terminal.typing = new ByteArrayInputStream(much);
        assertThat(terminal.run("exec", "wiki/web", "cat")).isZero();
        assertThat(terminal.out().getBytes(StandardCharsets.UTF_8)).isEqualTo(much);
    }

    @Test
    void onATerminalEveryKeyIsHandedOnAndItsSizeToo() throws IOException {
        terminal.typed = true;
        terminal.environment.put("TERM", "xterm");
        var keys = new PipedOutputStream();
        terminal.typing = new PipedInputStream(keys);
        Thread verb = Thread.ofVirtual().start(() -> terminal.run("exec", "wiki/web", "cat"));
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> terminal.keyboard.contains("raw"));
        keys.write(3);
        keys.flush();
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> terminal.out().equals("\u0003"));
        terminal.rows.set(41);
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> server.node.sessions.getFirst().sizes.contains("41x120"));
        assertThat(terminal.interrupts).hasSize(1);
        keys.close();
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !verb.isAlive());
        assertThat(server.node.sessions.getFirst().sizes).startsWith("40x120", "41x120");
        assertThat(terminal.keyboard).last().isEqualTo("back");
        assertThat(terminal.interrupts).isEmpty();
        terminal.run("exec", "-T", "wiki/web", "echo");
        assertThat(server.node.sessions.getLast().sizes).isEmpty();
        terminal.typed = false;
        terminal.run("exec", "-t", "wiki/web", "echo");
        assertThat(server.node.sessions.getLast().sizes).containsExactly("24x80");
        assertThat(terminal.out()).contains("{TERM=xterm}");
    }

    @Test
    void aClientThatLeavesEndsTheCommand() throws Exception {
        terminal.typing = new PipedInputStream(new PipedOutputStream());
        Thread verb = Thread.ofVirtual().start(() -> terminal.run("exec", "wiki/web", "runs"));
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !server.node.sessions.isEmpty());
        server.close(); // cuts the connection, as a client's death does
        server.node.sessions.getFirst().closed.await();
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !verb.isAlive());
        assertThat(terminal.err()).startsWith("reeve: cannot tell how the command ended: ");
    }

    @Test
    void whatCannotBeIsRefusedBeforeAnythingRuns() {
        server.node.put(InstanceId.parse("wiki/web/1"), InstanceState.STOPPED, "a user asked");
        assertThat(terminal.run("exec", "wiki/web", "echo", "second")).isZero();
        assertThat(server.node.acts).last().isEqualTo("exec wiki/web/2 echo second");
        assertThat(terminal.run("exec", "wiki/web/1", "echo")).isEqualTo(5);
        assertThat(terminal.err()).isEqualTo("reeve: cannot run a command in wiki/web/1: it does not run\n");
        server.node.put(InstanceId.parse("wiki/web/2"), InstanceState.STOPPED, "a user asked");
        assertThat(terminal.run("exec", "wiki/web", "echo")).isEqualTo(5);
        assertThat(terminal.err()).contains("none of its instances runs");
        assertThat(terminal.run("exec", "wiki/wbe", "echo")).isEqualTo(4);
        assertThat(terminal.err()).contains("did you mean 'web'?");
        assertThat(terminal.run("exec", "wiki", "echo")).isEqualTo(2);
        assertThat(terminal.run("exec", "wiki/web")).isEqualTo(2);
        assertThat(terminal.run("exec", "-t", "-T", "wiki/web", "echo")).isEqualTo(2);
        assertThat(terminal.run("exec", "wiki/web", "--")).isEqualTo(2);
    }
}
