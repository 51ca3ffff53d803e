package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.base.SystemTime;
import reeve.model.Address;
import reeve.serve.certificate.Certificates;
import reeve.serve.certificate.TestAuthority;
import reeve.testing.NeedsProgram;
import reeve.testing.RawBackend;
import reeve.testing.RecordingBackend;

/// What programs that others wrote make of our HTTP/2, without TLS and with it.
@Tag("it")
@Timeout(120)
class Http2ConformanceTest {
    @TempDir
    private Path folder;
    private final SystemTime time = new SystemTime();
    private final ProxyFixture fixture = new ProxyFixture();
    private RecordingBackend backend;
    private Certificates certificates;
    private Address https;

    @BeforeEach
    void begin() throws Exception {
        backend = new RecordingBackend(request -> RawBackend.ok(request.method().equals("HEAD") ? "" : "hello"));
        fixture.to(backend.address());
        var authority = new TestAuthority(time.wall());
        certificates = new Certificates(List.of(authority.pair(folder, "a", Duration.ofDays(7), "localhost")), (_, _, _) -> {}, time);
        certificates.start();
        https = fixture.proxy.startTls(new TlsSettings(List.of(Address.loopback(0)), certificates, false, Optional.empty(),
                TlsSettings.HANDSHAKE)).getFirst();
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
        certificates.close();
        backend.close();
        time.close();
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("http2", ".txt");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        assertThat(process.waitFor(100, TimeUnit.SECONDS)).as("%s ends", command).isTrue();
        String text = Files.readString(output, StandardCharsets.ISO_8859_1);
        Files.delete(output);
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @NeedsProgram("tar")
    void h2specIsContent(boolean tls) throws Exception {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "h2spec is there for amd64 only");
        run(List.of("tar", "-xzf", System.getProperty("reeve.h2spec"), "-C", folder.toString()));
        var command = new ArrayList<>(List.of(folder.resolve("h2spec").toString(), "--strict", "-o", "5", "-h", "127.0.0.1", "-p",
                String.valueOf((tls ? https : fixture.address).port())));
        if (tls) {
            command.addAll(List.of("-t", "-k"));
        }
        assertThat(run(command)).contains("146 tests, 146 passed, 0 skipped, 0 failed");
    }

    @Test
    @NeedsProgram("curl")
    void curlAgreesOnHttp2OverTls() throws Exception {
        Path large = folder.resolve("large");
        Files.write(large, new byte[3_000_000]);
        assertThat(run(List.of("curl", "-sk", "--http2", "-w", " %{http_version}", "-T", large.toString(),
                "https://localhost:" + https.port() + "/"))).isEqualTo("hello 2");
        assertThat(run(List.of("curl", "-sk", "--http1.1", "-w", " %{http_version}", "https://localhost:" + https.port() + "/")))
                .isEqualTo("hello 1.1");
    }

    @Test
    @NeedsProgram("nghttp")
    void nghttpAsksForManyAtOnce() throws Exception {
        var command = new ArrayList<>(List.of("nghttp", "-ns", "-m", "50"));
        command.add("http://127.0.0.1:" + fixture.address.port() + "/");
        assertThat(run(command)).contains("Statistics");
        assertThat(backend.received().toString()).contains("GET / HTTP/1.1");
    }
}
