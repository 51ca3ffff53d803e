package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.SystemTime;
import reeve.model.Address;
import reeve.model.CertificateFiles;
import reeve.serve.certificate.TestAuthority;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;
import reeve.testing.ReeveProcess;

/// A real node whose configuration names certificates.
@Tag("it")
class TlsEndToEndTest {
    @TempDir
    Path folder;

    @Test
    void aNodeServesTlsWithTheCertificatesOfItsConfiguration() throws Exception {
        try (var time = new SystemTime(); var backend = RawBackend.answering(_ -> RawBackend.ok("hello"));
                var reeve = new ReeveProcess(folder)) {
            var authority = new TestAuthority(time.wall());
            CertificateFiles files = authority.pair(folder, "own", Duration.ofDays(9), "a.example");
            int port = freePort();
            Path node = Files.writeString(folder.resolve("node.yaml"), """
                    https: 127.0.0.1:%d
                    certificates: [ { certificate: own.pem, key: own.key }, { certificate: lost.pem, key: lost.key } ]
                    """.formatted(port));
            reeve.up("--config", node.toString());
            reeve.apply("""
                    name: a
                    services: { idle: { command: [sleep, "1000"] } }
                    routes: [ { host: "*", to: "http://%s" } ]
                    """.formatted(backend.address()));

            await().atMost(ReeveProcess.PATIENCE).untilAsserted(() -> {
                try (var plain = RawConnection.to(Address.parse(reeve.httpAddress()))) { // one from before https listened is not sent there
                    RawConnection.Message sent = plain.send("GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n").readMessage();
                    assertThat(sent.header("Location")).as(reeve::output).isEqualTo("https://a.example:" + port + "/x");
                }
            });
            SSLSocket socket = named(authority, port, "a.example");
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            try (var client = RawConnection.over(socket)) {
                assertThat(client.send("GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n").readMessage().body()).isEqualTo("hello");
                assertThatThrownBy(() -> {
                    socket.startHandshake();
                    client.send("GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n").readMessage();
                }).as("another handshake on the same connection").isInstanceOf(IOException.class);
            }
            assertThat(backend.requests()).last().satisfies(got -> assertThat(got.header("X-Forwarded-Proto")).isEqualTo("https"));

            assertThat(reeve.client().node().notes()).anyMatch(note -> note.contains("lost.pem: there is no such file"))
                    .anyMatch(note -> note.contains(files.certificate() + " ends at "));
            assertThat(reeve.run("journal").out()).contains("certificate_taken", "certificate_refused", "certificate_ends");
            assertThat(reeve.run("metrics").out())
                    .contains("reeve_certificate_expiry_seconds{certificate=\"" + files.certificate() + "\"} ")
                    .contains("reeve_tls_handshakes_total{outcome=\"ok\"} 1");
            assertThat(reeve.run("certificates").out()).containsPattern("a\\.example +ends_soon +.*own\\.pem")
                    .containsPattern("- +refused ");

            authority.pair(folder, "other", Duration.ofDays(99), "b.example");
            OneNode.put(folder, "node.yaml", """
                    https: 127.0.0.1:%d
                    certificates: [ { certificate: other.pem, key: other.key } ]
                    """.formatted(port));
            await().atMost(ReeveProcess.PATIENCE).untilAsserted(() ->
                    assertThat(reeve.client().certificates()).singleElement().satisfies(row -> {
                        assertThat(row.names()).containsExactly("b.example");
                        assertThat(row.state()).isEqualTo("used");
                    }));
            try (var client = RawConnection.over(named(authority, port, "b.example"))) {
                assertThat(client.send("GET /x HTTP/1.1\r\nHost: b.example\r\n\r\n").readMessage().body()).isEqualTo("hello");
            }
        }
    }

    private static SSLSocket named(TestAuthority authority, int port, String name) throws IOException, GeneralSecurityException {
        var socket = (SSLSocket) authority.client().getSocketFactory().createSocket("127.0.0.1", port);
        var parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        socket.setSSLParameters(parameters);
        return socket;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
