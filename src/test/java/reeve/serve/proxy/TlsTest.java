package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
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
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;

@Tag("it")
@Timeout(20)
class TlsTest {
    private static final Duration WEEK = Duration.ofDays(7);

    @TempDir
    private Path folder;
    private final SystemTime time = new SystemTime();
    private final TestAuthority authority = new TestAuthority(time.wall());
    private final ProxyFixture fixture = new ProxyFixture();
    private Certificates certificates;
    private Address https;

    TlsTest() throws GeneralSecurityException {}

    @BeforeEach
    void start() {
        certificates = new Certificates(List.of(
                authority.pair(folder, "first", WEEK, "a.example", "b.example"),
                authority.pair(folder, "wildcard", WEEK, "*.wild.example"),
                authority.pair(folder, "exact", WEEK, "www.wild.example")), (_, _, _) -> {}, time);
        certificates.start();
        https = fixture.proxy.startTls(new TlsSettings(List.of(Address.loopback(0)), certificates, true,
                Optional.of(Duration.ofDays(1)), Duration.ofMillis(500))).getFirst();
    }

    @AfterEach
    void close() {
        fixture.close();
        certificates.close();
        time.close();
    }

    /// @param name empty: none is asked for
    private SSLSocket socket(String name) throws IOException, GeneralSecurityException {
        var socket = (SSLSocket) authority.client().getSocketFactory().createSocket(InetAddress.getByName(https.host()), https.port());
        SSLParameters parameters = socket.getSSLParameters();
        if (!name.isEmpty()) {
            parameters.setServerNames(List.of(new SNIHostName(name)));
        }
        socket.setSSLParameters(parameters);
        return socket;
    }

    private RawConnection connect(String name) throws IOException, GeneralSecurityException {
        return RawConnection.over(socket(name));
    }

    private static String get(String host) {
        return "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    }

    private String certificateFor(String name) throws IOException, GeneralSecurityException {
        try (SSLSocket socket = socket(name)) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
        }
    }

    @Test
    void theNameThatAClientAsksForChoosesTheCertificate() throws Exception {
        assertThat(certificateFor("a.example")).isEqualTo("CN=first");
        assertThat(certificateFor("B.Example")).isEqualTo("CN=first");
        assertThat(certificateFor("www.wild.example")).isEqualTo("CN=exact");
        assertThat(certificateFor("other.wild.example")).isEqualTo("CN=wildcard");
        assertThat(certificateFor("")).as("no name").isEqualTo("CN=first");
    }

    @Test
    void aNameThatNobodyHasIsRefused() throws Exception {
        assertThatThrownBy(() -> certificateFor("evil.example")).isInstanceOf(SSLHandshakeException.class)
                .hasMessageContaining("unrecognized_name");
        assertThatThrownBy(() -> certificateFor("a.b.wild.example")).isInstanceOf(SSLHandshakeException.class);
        await().until(() -> fixture.proxy.connections() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void requestsPassOverBothVersions(String version) throws Exception {
        try (var backend = RawBackend.answering(request -> RawBackend.ok(request.body().length() + request.header("X-Forwarded-Proto")))) {
            fixture.to(backend.address());
            SSLSocket socket = socket("a.example");
            socket.setEnabledProtocols(new String[] {version});
            try (var client = RawConnection.over(socket)) {
                assertThat(client.send(get("a.example")).readMessage().body()).isEqualTo("0https");
                assertThat(client.send(get("A.EXAMPLE:443")).readMessage().status()).isEqualTo(200);
                String body = "x".repeat(1_000_000);
                assertThat(client.send("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1000000\r\n\r\n" + body).readMessage().body())
                        .isEqualTo("1000000https");
                assertThat(socket.getSession().getProtocol()).isEqualTo(version);
                assertThat(socket.getSession().getCipherSuite()).contains("_GCM_").doesNotContain("TLS_RSA_");
            }
            assertThat(backend.requests().getFirst().header("X-Forwarded-Port")).isEqualTo(String.valueOf(https.port()));
        }
    }

    @Test
    void oldVersionsAndWeakSuitesAreRefused() throws Exception {
        SSLSocket weak = socket("a.example");
        weak.setEnabledProtocols(new String[] {"TLSv1.2"});
        weak.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"});
        try (weak) {
            assertThatThrownBy(weak::startHandshake).isInstanceOf(SSLException.class);
        }
        byte[] old = HexFormat.of().parseHex("160301002d" + "01000029" + "0301" + "07".repeat(32) + "00" + "0002c009" + "0100");
        try (var client = RawConnection.to(https)) { // a hello of TLS 1.0: Java's client no longer says one
            byte[] alert = new byte[7];
            assertThat(client.send(old).readSome(alert)).isEqualTo(7);
            assertThat(alert[0]).as("alert").isEqualTo((byte) 21);
            assertThat(alert[6]).as("protocol_version").isEqualTo((byte) 70);
        }
    }

    @Test
    void theApplicationProtocolIsHttp() throws Exception {
        SSLSocket both = socket("a.example");
        SSLParameters parameters = both.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        both.setSSLParameters(parameters);
        try (both) {
            both.startHandshake();
            assertThat(both.getApplicationProtocol()).isEqualTo("http/1.1");
        }
        SSLSocket other = socket("a.example");
        parameters.setApplicationProtocols(new String[] {"imap"});
        other.setSSLParameters(parameters);
        try (other) {
            assertThatThrownBy(other::startHandshake).isInstanceOf(SSLException.class).hasMessageContaining("no_application_protocol");
        }
    }

    @Test
    void anotherHostThanThatOfTheHandshakeIsAnsweredOnlyWithinItsCertificate() throws Exception {
        try (var backend = RawBackend.answering(_ -> RawBackend.ok("hello")); var client = connect("a.example")) {
            fixture.to(backend.address());

            assertThat(client.send(get("b.example")).readMessage().status()).as("same certificate").isEqualTo(200);
            assertThat(client.send(get("www.wild.example")).readMessage().status()).isEqualTo(421);
            assertThat(client.send(get("a.example")).readMessage().status()).as("the connection goes on").isEqualTo(200);
            assertThat(backend.requests()).hasSize(2);
        }
        try (var backend = RawBackend.answering(_ -> RawBackend.ok("hello")); var client = connect("")) {
            fixture.to(backend.address());
            assertThat(client.send(get("www.wild.example")).readMessage().status()).as("no name was asked for").isEqualTo(200);
        }
    }

    @Test
    void certificatesWithRsaKeysAnswer() throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        authority.pair(folder, "first", generator.generateKeyPair(), WEEK, "rsa.example");
        await().until(() -> !certificates.named("rsa.example").isEmpty());

        assertThat(certificateFor("rsa.example")).isEqualTo("CN=first");
    }

    @Test
    void aReloadLeavesOpenConnectionsAlone() throws Exception {
        try (var backend = RawBackend.answering(_ -> RawBackend.ok("hello")); var before = connect("a.example")) {
            fixture.to(backend.address());
            assertThat(before.send(get("a.example")).readMessage().status()).isEqualTo(200);

            authority.pair(folder, "first", WEEK, "a.example", "new.example");
            await().until(() -> !certificates.named("new.example").isEmpty());

            assertThat(before.send(get("a.example")).readMessage().status()).isEqualTo(200);
            try (var after = connect("new.example")) {
                assertThat(after.send(get("new.example")).readMessage().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void whoeverDoesNotShakeHandsIsCutOff() throws Exception {
        try (var silent = RawConnection.to(https); var plain = RawConnection.to(https)) {
            await().until(() -> fixture.proxy.connections() == 2);
            plain.send(get("a.example"));
            assertThat(plain.ended()).as("no TLS at all").isTrue();
            assertThat(silent.ended()).isTrue();
        }
        await().until(() -> fixture.proxy.connections() == 0);
    }

    @Test
    void anAnswerThatEndsWithItsConnectionIsWholeOnlyIfTlsSaysSo() throws Exception {
        try (var backend = RawBackend.serving((c, _) -> {
            c.readHead();
            c.send("HTTP/1.1 200 OK\r\n\r\nuntil the end");
        }); var client = connect("a.example")) {
            fixture.to(backend.address());
            client.send("GET / HTTP/1.0\r\nHost: a.example\r\n\r\n").readHead();
            assertThat(client.readToEnd()).as("ended in order").isEqualTo("until the end");
        }
        var sent = new CountDownLatch(1);
        try (var backend = RawBackend.serving((c, _) -> {
            c.readHead();
            c.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
            sent.await();
            c.reset();
        }); var client = connect("a.example")) {
            fixture.to(backend.address());
            client.send("GET / HTTP/1.0\r\nHost: a.example\r\n\r\n").readHead();
            assertThat(client.read(5)).isEqualTo("hello");
            sent.countDown();
            assertThatThrownBy(client::readToEnd).as("cut").isInstanceOf(IOException.class);
        }
    }

    @Test
    void aTunnelPassesBothWays() throws Exception {
        try (var backend = RawBackend.serving((c, _) -> {
            c.readHead();
            c.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
            c.send(c.read(500_000));
        }); var client = connect("a.example")) {
            fixture.to(backend.address());
            client.send("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
            assertThat(client.readHead()).contains("101 Switching");
            client.send("x".repeat(500_000));
            assertThat(client.read(500_000)).hasSize(500_000);
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void requestsWithoutTlsForAHostThatHasACertificateAreSentToTls() throws Exception {
        try (var backend = RawBackend.answering(_ -> RawBackend.ok("hello")); var client = fixture.connect()) {
            fixture.to(backend.address());

            RawConnection.Message get = client.send("GET /a%20b?c=d HTTP/1.1\r\nHost: A.example:80\r\n\r\n").readMessage();
            assertThat(get.status()).isEqualTo(301);
            assertThat(get.header("Location")).isEqualTo("https://a.example:" + https.port() + "/a%20b?c=d");
            assertThat(get.header("Strict-Transport-Security")).as("nobody believes it without TLS").isEmpty();
            RawConnection.Message post = client.send("POST http://www.wild.example?q HTTP/1.1\r\nHost: www.wild.example\r\n"
                    + "Content-Length: 0\r\n\r\n").readMessage();
            assertThat(post.status()).isEqualTo(308);
            assertThat(post.header("Location")).isEqualTo("https://www.wild.example:" + https.port() + "/?q");
            assertThat(backend.requests()).isEmpty();

            assertThat(client.send(get("other.example")).readMessage().status()).as("no certificate").isEqualTo(200);
            assertThat(client.send("GET /.well-known/acme-challenge/x HTTP/1.1\r\nHost: a.example\r\n\r\n").readMessage().status())
                    .isEqualTo(200);
            assertThat(client.send("OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n").readMessage().status()).isEqualTo(200);
            client.send("HEAD / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 301 ").contains("\r\nLocation: https://a.example:");
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void everyAnswerOverTlsSaysForHowLongTlsIsToBeUsed() throws Exception {
        String own = "HTTP/1.1 200 OK\r\nStrict-Transport-Security: max-age=7\r\nContent-Length: 0\r\n\r\n";
        try (var backend = RawBackend.answering(request -> request.head().startsWith("GET /own") ? own : RawBackend.ok("hello"));
                var client = connect("a.example")) {
            assertThat(client.send(get("a.example")).readMessage().head()).as("an answer of the proxy's")
                    .startsWith("HTTP/1.1 404 ").contains("\r\nStrict-Transport-Security: max-age=86400\r\n");
            fixture.to(backend.address());
            RawConnection.Message answer = client.send(get("a.example")).readMessage();
            assertThat(answer.head()).containsOnlyOnce("\r\nStrict-Transport-Security: max-age=86400\r\n");
            assertThat(answer.body()).isEqualTo("hello");
            assertThat(client.send("GET /own HTTP/1.1\r\nHost: a.example\r\n\r\n").readMessage().header("Strict-Transport-Security"))
                    .as("the first of two counts: the service's own").isEqualTo("max-age=7");
        }
    }

    @Test
    void oneClientTooManyIsClosed() throws Exception {
        try (var small = new ProxyFixture(time, settings -> settings.withConnections(1))) {
            var rules = new TlsSettings(List.of(Address.loopback(0)), certificates, false, Optional.empty(), TlsSettings.HANDSHAKE);
            Address listening = small.proxy.startTls(rules).getFirst();
            try (var one = new Socket(listening.host(), listening.port())) {
                await().until(() -> small.proxy.connections() == 1);
                try (var two = RawConnection.to(listening)) {
                    assertThat(two.ended()).isTrue();
                }
                assertThat(one.isConnected()).isTrue();
            }
        }
    }
}
