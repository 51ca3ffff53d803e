package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
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
import reeve.testing.NeedsProgram;
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

    @Test
    @NeedsProgram({"curl", "openssl"})
    void aNodeSignsCertificatesItselfForNamesThatAreNotPublic() throws Exception {
        try (var backend = RawBackend.answering(_ -> RawBackend.ok("hello")); var reeve = new ReeveProcess(folder)) {
            int port = freePort();
            Path node = Files.writeString(folder.resolve("node.yaml"), """
                    https: 127.0.0.1:%d
                    tls: { local_ca: [lan] }
                    """.formatted(port));
            reeve.up("--config", node.toString());
            reeve.apply("""
                    name: a
                    services: { idle: { command: [sleep, "1000"] } }
                    routes: [ { host: "*", to: "http://%s" } ]
                    """.formatted(backend.address()));
            Path root = Files.writeString(folder.resolve("ca.pem"), reeve.run("ca").out());
            for (String name : List.of("wiki.localhost", "a.b.lan", "lan")) {
                await().atMost(ReeveProcess.PATIENCE).untilAsserted(() -> assertThat(ran("curl", "-sS", "--cacert", root.toString(),
                        "--resolve", name + ":" + port + ":127.0.0.1", "https://" + name + ":" + port + "/")).isEqualTo("hello"));
            }
            assertThat(ran("curl", "-sS", "--cacert", root.toString(), "https://127.0.0.1:" + port + "/")).isEqualTo("hello");
            assertThat(ran("curl", "-sS", "--cacert", root.toString(), "--resolve", "evil.example:" + port + ":127.0.0.1",
                    "https://evil.example:" + port + "/")).contains("unrecognized name");
            assertThat(ran("curl", "-sS", "--resolve", "wiki.localhost:" + port + ":127.0.0.1", "https://wiki.localhost:" + port + "/"))
                    .as("nobody trusts it unasked").contains("certificate");
            assertThat(ran("openssl", "s_client", "-connect", "127.0.0.1:" + port, "-servername", "wiki.localhost", "-CAfile",
                    root.toString(), "-verify_hostname", "wiki.localhost", "-verify_return_error", "-x509_strict", "-brief"))
                    .contains("Verification: OK");
            Path leaf = Files.writeString(folder.resolve("leaf.pem"), ran("sh", "-c", "openssl s_client -connect 127.0.0.1:" + port
                    + " -servername a.b.lan </dev/null 2>/dev/null | openssl x509"));
            assertThat(ran("openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", root.toString(), leaf.toString()))
                    .isEqualTo(leaf + ": OK\n");
            assertThat(reeve.run("certificates").out()).containsPattern("wiki\\.localhost +used .*this node's own authority");
            assertThat(reeve.run("ca", "--how").out()).contains("localhost, lan");
            assertThat(reeve.run("ca", "-o", "json").out()).contains("\"names\":[\"localhost\",\"lan\"]");
        }
    }

    /// What a program says, on both its outputs.
    private static String ran(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectInput(new File("/dev/null")).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
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
