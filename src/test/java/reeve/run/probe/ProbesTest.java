package reeve.run.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reeve.base.SystemTime;
import reeve.model.Address;
import reeve.model.BackendTls;
import reeve.model.Healthcheck;
import reeve.model.Template;
import reeve.serve.certificate.Authorities;
import reeve.serve.certificate.BackendContexts;
import reeve.serve.certificate.TestAuthority;
import reeve.testing.RawBackend;

@Tag("it")
class ProbesTest {
    @TempDir
    private Path folder;
    private final SystemTime time = new SystemTime();
    private final Probes probes = new Probes(time, Map.of("PATH", "/usr/bin:/bin"));

    @AfterEach
    void end() {
        time.close();
    }

    private Optional<String> probe(Healthcheck.Probe probe, int port, String... command) {
        var check = new Healthcheck(probe, Duration.ofSeconds(1), Duration.ofMillis(800), 3, Duration.ZERO);
        return probes.unhealthy(new Probes.Subject(check, Optional.of(Address.loopback(port)), List.of(command), Map.of(), Path.of("/")));
    }

    @Test
    void anHttpProbeFollowsTheTlsSettingsOfItsService() throws Exception {
        var authority = new TestAuthority(time.wall());
        var contexts = new BackendContexts(new Authorities((_, _, _) -> {}));
        Path root = authority.root(folder, "root");
        try (var encrypted = RawBackend.answering(authority.listener(null, "localhost"),
                request -> request.head().startsWith("GET /well ") ? RawBackend.ok("") : "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n");
                var plain = RawBackend.serving((c, _) -> c.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))) {
            var probing = new Probes(time, Map.of(), contexts::of);
            var good = new BackendTls(List.of(root), Optional.of("localhost"), Optional.empty(), false);
            assertThat(probed(probing, encrypted, "/well", good)).isEmpty();
            assertThat(probed(probing, encrypted, "/ill", good)).hasValueSatisfying(why -> assertThat(why).endsWith("/ill answers 500"));
            assertThat(probed(probing, encrypted, "/well", good.named("other")))
                    .hasValueSatisfying(why -> assertThat(why).contains("no TLS"));
            assertThat(probed(probing, plain, "/well", good)).hasValueSatisfying(why -> assertThat(why).contains("no TLS"));
        }
    }

    private static Optional<String> probed(Probes probes, RawBackend backend, String path, BackendTls tls) {
        var check = new Healthcheck(new Healthcheck.Http(path, Optional.of(tls)), Duration.ofSeconds(1), Duration.ofSeconds(5), 3,
                Duration.ZERO);
        return probes.unhealthy(new Probes.Subject(check, Optional.of(backend.address()), List.of(), Map.of(), Path.of("/")));
    }

    private static int closedPort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @ParameterizedTest
    @CsvSource({"200, true", "204, true", "302, true", "399, true", "400, false", "404, false", "500, false", "503, false"})
    void anHttpProbeTakes200To399ForHealthyAndFollowsNoRedirect(int status, boolean healthy) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/healthz", exchange -> {
            exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        try {
            Optional<String> unhealthy = probe(new Healthcheck.Http("/healthz"), server.getAddress().getPort());
            assertThat(unhealthy.isEmpty()).as(() -> unhealthy.toString()).isEqualTo(healthy);
            unhealthy.ifPresent(reason -> assertThat(reason).endsWith("/healthz answers " + status));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aTcpProbeIsHealthyOnceSomebodyListens() throws IOException {
        try (var socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            assertThat(probe(new Healthcheck.Tcp(), socket.getLocalPort())).isEmpty();
        }
        int closed = closedPort();
        assertThat(probe(new Healthcheck.Tcp(), closed)).contains("nothing listens on 127.0.0.1:" + closed);
    }

    @Test
    void aServerThatAcceptsAndSaysNothingIsUnhealthyAfterTheTimeout() throws IOException {
        try (var socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            assertThat(probe(new Healthcheck.Http("/"), socket.getLocalPort()))
                    .contains("no answer from 127.0.0.1:" + socket.getLocalPort() + " within 0.8s");
        }
    }

    @Test
    void anExecProbeIsHealthyWhenItsProgramEndsWithZero() {
        var exec = new Healthcheck.Exec(List.of(Template.text("unused")));
        assertThat(probe(exec, 1, "true")).isEmpty();
        assertThat(probe(exec, 1, "sh", "-c", "echo not ready; exit 2")).contains("sh ended with 2: not ready");
        assertThat(probe(exec, 1, "sleep", "10")).contains("sleep did not end within 0.8s");
    }
}
