package reeve;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.testing.ReeveProcess;

@Tag("it")
class WebhookEndToEndTest {
    @Test
    void aServiceThatGivesUpIsTold(@TempDir Path folder) throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext("/in/s3cret", exchange -> {
            received.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        Path config = Files.writeString(folder.resolve("node.yaml"), """
                name: gateway-1
                webhooks: [ { url: "http://127.0.0.1:%d/in/s3cret", on: [failed] } ]
                """.formatted(server.getAddress().getPort()));
        Path manifest = Files.writeString(folder.resolve("reeve.yaml"), """
                name: app
                services: { broken: { command: [sh, -c, exit 3], restart: "on-failure:1" }, other: { command: [sleep, "1000"] } }
                """);
        try (var reeve = new ReeveProcess(folder)) {
            reeve.up("--config", config.toString(), "-f", manifest.toString());
            assertThat(received.poll(ReeveProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS)).startsWith("{\"event\":\"failed\"")
                    .contains("\"node\":\"gateway-1\"", "\"subject\":\"app/broken/1\"", "exit code 3");
            assertThat(reeve.output()).doesNotContain("s3cret");
        } finally {
            server.stop(0);
        }
    }
}
