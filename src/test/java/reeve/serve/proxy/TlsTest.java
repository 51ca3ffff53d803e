package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
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
import reeve.model.AddressRange;
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
                Optional.of(Duration.ofDays(1)), TlsSettings.HANDSHAKE)).getFirst();
    }

    @AfterEach
    void close() {
        fixture.close();
        certificates.close();
        time.close();
    }

    /// @param name empty: none is asked for
    private SSLSocket socket(String name) throws IOException, GeneralSecurityException {
        return socket(name, https);
    }

    private SSLSocket socket(String name, Address to) throws IOException, GeneralSecurityException {
        var socket = (SSLSocket) authority.client().getSocketFactory().createSocket(InetAddress.getByName(to.host()), to.port());
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
        assertThat(certificateFor("127.0.0.1")).as("an address is none").isEqualTo("CN=first");
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
            assertThat(both.getApplicationProtocol()).isEqualTo("h2");
        }
        SSLSocket old = socket("a.example");
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        old.setSSLParameters(parameters);
        try (old) {
            old.startHandshake();
            assertThat(old.getApplicationProtocol()).isEqualTo("http/1.1");
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
        var rules = new TlsSettings(List.of(Address.loopback(0)), certificates, false, Optional.empty(), Duration.ofMillis(500));
        try (var strict = new ProxyFixture()) {
            Address listening = strict.proxy.startTls(rules).getFirst();
            try (var silent = RawConnection.to(listening); var plain = RawConnection.to(listening)) {
                plain.send(get("a.example"));
                assertThat(plain.ended()).as("no TLS at all").isTrue();
                assertThat(silent.ended()).isTrue();
            }
            await().until(() -> strict.proxy.connections() == 0);
        }
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
    void whomATrustedProxyServedOverTlsIsNotSentInACircle() throws Exception {
        UnaryOperator<ProxySettings> trusting = settings -> settings.withEdge(
                new ProxySettings.Edge(List.of(AddressRange.parse("127.0.0.1")), false, false));
        var rules = new TlsSettings(List.of(Address.loopback(0)), certificates, true, Optional.empty(), TlsSettings.HANDSHAKE);
        try (var behind = new ProxyFixture(time, trusting); var backend = RawBackend.answering(_ -> RawBackend.ok("hello"))) {
            behind.proxy.startTls(rules);
            behind.to(backend.address());
            assertThat(behind.ask(said("https")).status()).isEqualTo(200);
            assertThat(backend.requests().getLast().header("X-Forwarded-Proto")).isEqualTo("https");
            assertThat(behind.ask(said("https, http")).status()).as("the client's way was TLS").isEqualTo(200);
            assertThat(behind.ask(said("http")).status()).isEqualTo(301);
            assertThat(behind.ask(get("a.example")).status()).isEqualTo(301);
            assertThat(fixture.ask(said("https")).status()).as("nobody trusts this client").isEqualTo(301);
        }
    }

    private static String said(String scheme) {
        return "GET / HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-Proto: " + scheme + "\r\n\r\n";
    }

    @Test
    void theHeaderOfATrustedProxyComesBeforeTheHandshake() throws Exception {
        UnaryOperator<ProxySettings> trusting = settings -> settings.withEdge(
                new ProxySettings.Edge(List.of(AddressRange.parse("127.0.0.1")), true, false));
        var rules = new TlsSettings(List.of(Address.loopback(0)), certificates, true, Optional.empty(), TlsSettings.HANDSHAKE);
        try (var behind = new ProxyFixture(time, trusting); var backend = RawBackend.answering(_ -> RawBackend.ok("hello"))) {
            Address listening = behind.proxy.startTls(rules).getFirst();
            behind.to(backend.address());
            for (String preface : List.of("PROXY TCP4 192.0.2.9 192.0.2.1 4711 443\r\n", "PROXY UNKNOWN\r\n")) {
                var raw = new Socket(listening.host(), listening.port());
                raw.getOutputStream().write(preface.getBytes(StandardCharsets.US_ASCII));
                try (var client = RawConnection.over(over(raw))) {
                    assertThat(client.send(get("a.example")).readMessage().status()).isEqualTo(200);
                    assertThat(client.send(get("a.example")).readMessage().status()).isEqualTo(200);
                }
            }
            assertThat(backend.requests().getFirst().header("X-Forwarded-For")).isEqualTo("192.0.2.9");
            assertThat(backend.requests().getFirst().header("X-Forwarded-Proto")).isEqualTo("https");
            try (var without = RawConnection.over(socket("a.example", listening))) {
                assertThatThrownBy(() -> without.send(get("a.example")).readMessage()).as("no header").isInstanceOf(IOException.class);
            }
            await().until(() -> behind.proxy.connections() == 0);
        }
    }

    /// TLS over a connection that has said something already.
    private SSLSocket over(Socket raw) throws IOException, GeneralSecurityException {
        var socket = (SSLSocket) authority.client().getSocketFactory().createSocket(raw, "a.example", raw.getPort(), true);
        socket.setUseClientMode(true);
        return socket;
    }

    @Test
    void handshakesAreCountedByTheirOutcome() throws Exception {
        assertThat(certificateFor("a.example")).isEqualTo("CN=first");
        assertThatThrownBy(() -> certificateFor("evil.example")).isInstanceOf(SSLException.class);
        SSLSocket weak = socket("a.example");
        weak.setEnabledProtocols(new String[] {"TLSv1.2"});
        weak.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"});
        try (weak) {
            assertThatThrownBy(weak::startHandshake).isInstanceOf(SSLException.class);
        }
        SSLSocket other = socket("a.example");
        SSLParameters parameters = other.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"imap"});
        other.setSSLParameters(parameters);
        try (other) {
            assertThatThrownBy(other::startHandshake).isInstanceOf(SSLException.class);
        }
        try (var plain = RawConnection.to(https)) {
            assertThat(plain.send(get("a.example")).ended()).isTrue();
        }
        try (var left = new Socket(https.host(), https.port())) {
            await().until(() -> fixture.proxy.connections() > 0);
            left.getOutputStream().write(22);
        }
        try (var stranger = (SSLSocket) SSLContext.getDefault().getSocketFactory().createSocket(https.host(), https.port())) {
            assertThatThrownBy(stranger::startHandshake).as("knows another authority").isInstanceOf(SSLException.class);
        }
        var counted = new TreeMap<String, Long>();
        await().untilAsserted(() -> {
            fixture.traffic.handshakes().visit((outcome, number) -> counted.put(outcome, number));
            assertThat(counted).isEqualTo(Map.of("ok", 1L, "unknown_name", 1L, "nothing_in_common", 1L, "no_protocol", 1L, "not_tls", 1L,
                    "left", 1L, "refused_by_client", 1L));
        });
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
