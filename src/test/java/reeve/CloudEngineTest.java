package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.testing.ReeveProcess;

/// `examples/cloud-engine` on real nodes: a copy of it, with free ports in the place of the fixed ones.
@Tag("it")
class CloudEngineTest {
    private static final String REPLICA = "cloud-engine/replica/1";
    private static final String GATEWAY = "cloud-engine/gateway/1";
    private static final String OFF = "not enabled: ${features.gateway}";

    @TempDir
    Path folder;

    private ReeveProcess reeve;
    private Path app;
    private int replicaPort;
    private int gatewayPort;

    @BeforeEach
    void begin() throws IOException {
        reeve = new ReeveProcess(folder);
        app = Files.createDirectory(folder.resolve("app"));
        try (var replica = new ServerSocket(0); var gateway = new ServerSocket(0)) {
            replicaPort = replica.getLocalPort();
            gatewayPort = gateway.getLocalPort();
        }
        try (Stream<Path> files = Files.list(Path.of("examples", "cloud-engine"))) {
            for (Path file : files.toList()) {
                Files.writeString(app.resolve(file.getFileName()), Files.readString(file)
                        .replace(":8080", ":" + replicaPort).replace(":8081", ":" + gatewayPort).replace(":8000", ":0"));
            }
        }
    }

    @AfterEach
    void end() {
        reeve.close();
    }

    private void up() {
        reeve.up("--config", app.resolve("node.yaml").toString(), "-f", app.toString());
    }

    /// As an editor does it: the whole file at once.
    private void configure(String text) throws IOException {
        Path next = Files.writeString(app.resolve("node.yaml.next"), text);
        Files.move(next, app.resolve("node.yaml"), StandardCopyOption.ATOMIC_MOVE);
    }

    /// Lets a program's start fail: the folder it is to run in is not there.
    private void withoutFolder(String program) throws IOException {
        String manifest = Files.readString(app.resolve("reeve.yaml"));
        String command = "\"" + program + "\"]";
        assertThat(manifest).contains(command);
        Files.writeString(app.resolve("reeve.yaml"), manifest.replace(command, command + "\n    working_dir: no-folder-for-" + program));
    }

    private HttpResponse<byte[]> status(int port) throws IOException, InterruptedException {
        return reeve.http().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v2/status")).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private static boolean open(int port) {
        try (var _ = new Socket("127.0.0.1", port)) {
            return true;
        } catch (ConnectException refused) {
            return false;
        } catch (IOException e) {
            throw new AssertionError("neither open nor refused: " + port, e);
        }
    }

    private static void awaitOpen(int port) {
        await().atMost(ReeveProcess.PATIENCE).until(() -> open(port));
    }

    private void closedBecause(String reason) {
        assertThat(reeve.awaitState(GATEWAY, "disabled").reason()).isEqualTo(reason);
        assertThat(reeve.run("ps").out()).contains(reason);
        assertThat(open(gatewayPort)).isFalse();
    }

    @Test
    void theGatewayIsOffUntilItsFeatureIsOnAndThenAnswersWhatTheReplicaAnswers_SUP_1_SUP_21() throws Exception {
        up();
        long replica = reeve.awaitState(REPLICA, "running").pid();
        awaitOpen(replicaPort);
        closedBecause(OFF);

        configure("class: cloud-engine\nfeatures: { gateway: true }\n");
        reeve.awaitState(GATEWAY, "running");
        awaitOpen(gatewayPort);
        HttpResponse<byte[]> own = status(replicaPort);
        HttpResponse<byte[]> passed = status(gatewayPort);
        assertThat(own.statusCode()).isEqualTo(200);
        assertThat(own.headers().firstValue("Content-Type")).hasValue("application/cbor");
        assertThat(own.body()).startsWith(0xd9, 0xd9, 0xf7, 0xa4);
        assertThat(passed.statusCode()).isEqualTo(200);
        assertThat(passed.headers().firstValue("Content-Type")).hasValue("application/cbor");
        assertThat(passed.body()).isEqualTo(own.body());

        configure("class: cloud-engine\nfeatures: { gateway: false }\n");
        closedBecause(OFF);
        assertThat(reeve.instance(REPLICA).pid()).isEqualTo(replica);
        assertThat(status(replicaPort).body()).isEqualTo(own.body());
    }

    @Test
    void onEveryOtherClassAndWithoutOneTheGatewaysPortIsClosed_SUP_1() throws IOException {
        configure("class: cloud-engine\nfeatures: { gateway: true }\n");
        up();
        long replica = reeve.awaitState(REPLICA, "running").pid();
        reeve.awaitState(GATEWAY, "running");
        for (String other : List.of("application", "system", "verified-application")) {
            configure("class: " + other + "\nfeatures: { gateway: true }\n");
            await().atMost(ReeveProcess.PATIENCE).until(() -> reeve.instance(GATEWAY).reason().contains("this node has " + other));
            closedBecause("only on class cloud-engine, this node has " + other);
        }
        configure("features: { gateway: true }\n");
        await().atMost(ReeveProcess.PATIENCE).until(() -> reeve.instance(GATEWAY).reason().contains("this node has none"));
        closedBecause("only on class cloud-engine, this node has none");
        assertThat(reeve.instance(REPLICA).pid()).isEqualTo(replica);
    }

    @Test
    void aGatewayThatCannotStartLeavesTheReplicaAlone_SUP_4() throws Exception {
        configure("class: cloud-engine\nfeatures: { gateway: true }\n");
        withoutFolder("Gateway.java");
        up();
        long replica = reeve.awaitState(REPLICA, "running").pid();
        awaitOpen(replicaPort);
        assertThat(reeve.awaitState(GATEWAY, "backing_off").reason()).contains("no-folder-for-Gateway.java");
        assertThat(status(replicaPort).statusCode()).isEqualTo(200);
        assertThat(reeve.instance(REPLICA).pid()).isEqualTo(replica);
    }

    @Test
    void aReplicaThatCannotStartDoesNotPreventTheGatewaysAttempt_SUP_5() throws Exception {
        configure("class: cloud-engine\nfeatures: { gateway: true }\n");
        withoutFolder("Replica.java");
        up();
        assertThat(reeve.awaitState(REPLICA, "backing_off").reason()).contains("no-folder-for-Replica.java");
        reeve.awaitState(GATEWAY, "running");
        awaitOpen(gatewayPort);
        assertThat(status(gatewayPort).statusCode()).isEqualTo(502);
    }

    @Test
    void whereBothCannotStartTheReportHasBothErrors_SUP_4_SUP_5() throws IOException {
        configure("class: cloud-engine\nfeatures: { gateway: true }\n");
        withoutFolder("Gateway.java");
        withoutFolder("Replica.java");
        up();
        reeve.awaitState(REPLICA, "backing_off");
        reeve.awaitState(GATEWAY, "backing_off");
        for (String report : List.of(reeve.run("ps").out(), reeve.run("explain", "cloud-engine").out())) {
            assertThat(report).contains("no-folder-for-Replica.java", "no-folder-for-Gateway.java");
        }
    }
}
