package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLServerSocket;
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
import reeve.model.BackendTls;
import reeve.model.CertificateFiles;
import reeve.model.InstanceState;
import reeve.model.RouteSpec;
import reeve.serve.certificate.TestAuthority;
import reeve.serve.route.Route;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;

@Tag("it")
@Timeout(20)
class BackendTlsTest {
    @TempDir
    private Path folder;
    private final SystemTime time = new SystemTime();
    private final TestAuthority authority = new TestAuthority(time.wall());
    private final TestAuthority other = new TestAuthority(time.wall());
    private final ProxyFixture fixture = new ProxyFixture(time, settings -> settings.withTimeouts(new ProxySettings.Timeouts(
            Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(5), ProxySettings.Pace.DEFAULT,
            Duration.ofSeconds(5))));
    private Path root;

    BackendTlsTest() throws GeneralSecurityException {}

    @BeforeEach
    void root() {
        root = authority.root(folder, "root");
    }

    @AfterEach
    void close() {
        fixture.close();
        time.close();
    }

    private BackendTls named(String name) {
        return new BackendTls(List.of(root), Optional.of(name), Optional.empty(), false);
    }

    private BackendTls byAddress() {
        return new BackendTls(List.of(root), Optional.empty(), Optional.empty(), false);
    }

    private void to(Address backend, BackendTls tls) {
        fixture.sources.publish("apps", List.of(new Route(new RouteSpec("*", "/"), new Route.ToExternal(backend, Optional.of(tls)))));
    }

    private RawConnection.Message asked(RawBackend backend, BackendTls tls) throws IOException {
        to(backend.address(), tls);
        return fixture.ask(ProxyFixture.get("/"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void requestsGoOverTlsOnConnectionsThatAreKept(String version) throws Exception {
        SSLServerSocket listener = authority.listener(null, "inner.example", "127.0.0.1");
        listener.setEnabledProtocols(new String[] {version});
        try (var backend = RawBackend.answering(listener, request -> RawBackend.ok("x".repeat(request.body().length())));
                var client = fixture.connect()) {
            to(backend.address(), named("inner.example"));
            String body = "x".repeat(1_000_000);
            for (int i = 0; i < 3; i++) {
                assertThat(client.send("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1000000\r\n\r\n" + body).readMessage().body())
                        .hasSize(1_000_000);
            }
            assertThat(backend.connections()).isEqualTo(1);
            assertThat(backend.requests().getFirst().header("Host")).isEqualTo("a.example");
            assertThat(asked(backend, byAddress()).status()).as("by its address").isEqualTo(200);
        }
    }

    @Test
    void whoCannotProveToBeTheBackendGetsNothing() throws Exception {
        try (var backend = RawBackend.answering(authority.listener(null, "inner.example"), _ -> RawBackend.ok("hello"))) {
            RawConnection.Message wrongName = asked(backend, named("other.example"));
            assertThat(wrongName.status()).isEqualTo(502);
            assertThat(wrongName.body()).contains("cannot reach " + backend.address() + ": no TLS with it: ").contains("other.example");
            assertThat(asked(backend, byAddress()).body()).contains("127.0.0.1");
            Path strange = other.root(folder, "strange");
            var byOthers = new BackendTls(List.of(strange), Optional.of("inner.example"), Optional.empty(), false);
            assertThat(asked(backend, byOthers).body()).contains("no TLS with it: ");
            var bySystem = new BackendTls(List.of(), Optional.of("inner.example"), Optional.empty(), false);
            assertThat(asked(backend, bySystem).body()).as("the machine's roots").contains("no TLS with it: ");
            assertThat(backend.requests()).isEmpty();

            assertThat(asked(backend, new BackendTls(List.of(), Optional.of("other.example"), Optional.empty(), true)).status())
                    .as("not asked for").isEqualTo(200);
        }
    }

    @Test
    void theBackendMayAskWhoWeAre() throws Exception {
        CertificateFiles own = other.identity(folder, "proxy");
        try (var backend = RawBackend.answering(authority.listener(other, "inner.example"), _ -> RawBackend.ok("hello"))) {
            var identified = new BackendTls(List.of(root), Optional.of("inner.example"), Optional.of(own), false);
            assertThat(asked(backend, identified).status()).isEqualTo(200);
            RawConnection.Message anonymous = asked(backend, named("inner.example"));
            assertThat(anonymous.status()).isEqualTo(502);
            assertThat(anonymous.body()).contains("TLS").contains("certificate");
        }
    }

    @Test
    void filesThatCannotBeUsedAreToldAndFilesThatChangeAreReadAgain() throws Exception {
        try (var backend = RawBackend.answering(authority.listener(null, "inner.example"), _ -> RawBackend.ok("hello"))) {
            String good = Files.readString(root);
            Files.writeString(root, "nothing");
            RawConnection.Message broken = asked(backend, named("inner.example"));
            assertThat(broken.status()).isEqualTo(502);
            assertThat(broken.body()).contains(root + ": it holds no certificate");
            Files.writeString(root, good);
            assertThat(asked(backend, named("inner.example")).status()).isEqualTo(200);
        }
    }

    @Test
    void aBackendThatSpeaksNoTlsIsToldApart() throws Exception {
        try (var backend = RawBackend.serving((c, _) -> {
            c.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            c.read(1_000_000);
        })) {
            RawConnection.Message answer = asked(backend, named("inner.example"));
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).contains("no TLS with it");
        }
    }

    @Test
    void aHandshakeThatIsNeverAnsweredEnds() throws Exception {
        try (var silent = new ServerSocket(0)) {
            to(Address.loopback(silent.getLocalPort()), named("inner.example"));
            RawConnection.Message answer = fixture.ask(ProxyFixture.get("/"));
            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.body()).contains("did not finish the TLS handshake within 1 s");
        }
        await().until(() -> fixture.inFlight() == 0);
    }

    @Test
    void anotherInstanceTakesARequestThatOneRefusesToShakeHandsFor() throws Exception {
        try (var good = RawBackend.answering(authority.listener(null, "localhost"), _ -> RawBackend.ok("good"));
                var bad = RawBackend.answering(other.listener(null, "localhost"), _ -> RawBackend.ok("bad"))) {
            List<Route.Target> targets = List.of(target(1, bad), target(2, good));
            fixture.sources.publish("apps", List.of(new Route(new RouteSpec("*", "/"), new Route.ToService(ProxyFixture.WEB, false,
                    new Route.Availability.Serving(), targets))));
            for (int i = 0; i < 10; i++) {
                assertThat(fixture.ask(ProxyFixture.get("/")).body()).isEqualTo("good");
            }
            assertThat(bad.requests()).isEmpty();
        }
    }

    private Route.Target target(int number, RawBackend backend) {
        return new Route.Target(ProxyFixture.WEB.instance(number), backend.address(), InstanceState.RUNNING, 1,
                Optional.of(named("localhost")));
    }

    @Test
    void anAnswerThatEndsWithItsConnectionIsWholeOnlyIfTlsSaysSo() throws Exception {
        try (var backend = RawBackend.serving(authority.listener(null, "inner.example"), (c, _) -> {
            c.readHead();
            c.send("HTTP/1.1 200 OK\r\n\r\nuntil the end");
        }); var client = fixture.connect()) {
            to(backend.address(), named("inner.example"));
            client.send("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n").readHead();
            assertThat(client.readToEnd()).contains("until the end");
        }
    }

    @Test
    void aTunnelPassesBothWays() throws Exception {
        try (var backend = RawBackend.serving(authority.listener(null, "inner.example"), (c, _) -> {
            c.readHead();
            c.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
            c.send(c.read(500_000));
        }); var client = fixture.connect()) {
            to(backend.address(), named("inner.example"));
            client.send("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
            assertThat(client.readHead()).contains("101 Switching");
            client.send("x".repeat(500_000));
            assertThat(client.read(500_000)).hasSize(500_000);
        }
    }

    @Test
    void otherSettingsMeanOtherConnections() throws Exception {
        try (var backend = RawBackend.answering(authority.listener(null, "inner.example", "second.example"), _ -> RawBackend.ok("hello"));
                var client = fixture.connect()) {
            to(backend.address(), named("inner.example"));
            assertThat(client.send(ProxyFixture.get("/")).readMessage().status()).isEqualTo(200);
            to(backend.address(), named("second.example"));
            assertThat(client.send(ProxyFixture.get("/")).readMessage().status()).isEqualTo(200);
            assertThat(backend.connections()).isEqualTo(2);
            to(backend.address(), named("third.example"));
            assertThat(client.send(ProxyFixture.get("/")).readMessage().status()).isEqualTo(502);
        }
    }
}
