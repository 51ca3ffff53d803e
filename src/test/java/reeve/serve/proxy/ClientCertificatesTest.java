package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
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
import reeve.model.RouteHandling;
import reeve.model.RouteSpec;
import reeve.model.RouteTls;
import reeve.serve.certificate.Authorities;
import reeve.serve.certificate.Certificates;
import reeve.serve.certificate.TestAuthority;
import reeve.serve.route.Route;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;

/// What routes say about TLS: clients that have to prove who they are, redirects, HSTS.
@Tag("it")
@Timeout(20)
class ClientCertificatesTest {
    private static final Duration WEEK = Duration.ofDays(7);

    @TempDir
    private Path folder;
    private final SystemTime time = new SystemTime();
    private final TestAuthority authority = new TestAuthority(time.wall());
    private final TestAuthority people = new TestAuthority(time.wall());
    private final TestAuthority robots = new TestAuthority(time.wall());
    private final ProxyFixture fixture = new ProxyFixture();
    private final List<String> records = new ArrayList<>();
    private final RawBackend backend = RawBackend.answering(_ -> RawBackend.ok("hello"));
    private RouteTls.ClientAuth byPeople;
    private RouteTls.ClientAuth byRobots;
    private Authorities clients;
    private Certificates certificates;
    private Address https;

    ClientCertificatesTest() throws Exception {}

    @BeforeEach
    void start() {
        byPeople = new RouteTls.ClientAuth(true, List.of(people.root(folder, "people")));
        byRobots = new RouteTls.ClientAuth(true, List.of(robots.root(folder, "robots")));
        certificates = new Certificates(List.of(authority.pair(folder, "all", WEEK, "open.example", "closed.example", "*.wild.example")),
                (_, _, _) -> {}, time);
        certificates.start();
        clients = new Authorities((what, why, _) -> records.add(what + ": " + why));
        https = fixture.proxy.startTls(new TlsSettings(List.of(Address.loopback(0)), certificates, clients, true,
                Optional.of(Duration.ofDays(1)), TlsSettings.HANDSHAKE)).getFirst();
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
        backend.close();
        certificates.close();
        time.close();
    }

    private void routes(Route... routes) {
        fixture.sources.publish("apps", Arrays.asList(routes));
    }

    private Route route(String host, String path, RouteTls tls) {
        return new Route(new RouteSpec(host, path).with(RouteHandling.PLAIN.withTls(Optional.of(tls))),
                new Route.ToExternal(backend.address()));
    }

    private static RouteTls asking(RouteTls.ClientAuth auth) {
        return new RouteTls(Optional.empty(), Optional.empty(), Optional.of(auth));
    }

    private static RouteTls.ClientAuth optional(RouteTls.ClientAuth auth) {
        return new RouteTls.ClientAuth(false, auth.authorities());
    }

    private RawConnection connect(String name, KeyManager... own) throws IOException, GeneralSecurityException {
        return RawConnection.over(socket(authority.client(own), name));
    }

    private SSLSocket socket(SSLContext context, String name) throws IOException {
        var socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getByName(https.host()), https.port());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(name.isEmpty() ? List.of() : List.of(new SNIHostName(name)));
        socket.setSSLParameters(parameters);
        return socket;
    }

    private static String get(String host, String... lines) {
        String more = String.join("", Arrays.stream(lines).map(line -> line + "\r\n").toList());
        return "GET / HTTP/1.1\r\nHost: " + host + "\r\n" + more + "\r\n";
    }

    private int asked(String name, KeyManager... own) throws IOException, GeneralSecurityException {
        try (var client = connect(name, own)) {
            return client.send(get(name)).readMessage().status();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void whoHasNoCertificateIsRefusedAndWhoHasOneIsNamedToTheBackend(String version) throws Exception {
        routes(route("closed.example", "/", asking(byPeople)), route("open.example", "/", RouteTls.NONE));

        SSLSocket known = socket(authority.client(people.identity("Ann, \"the\" Wörker", WEEK)), "closed.example");
        known.setEnabledProtocols(new String[] {version});
        try (var client = RawConnection.over(known)) {
            assertThat(client.send(get("closed.example", "X-Client-Certificate-Subject: CN=root", "Client-Cert: :AAAA:",
                    "Client-Cert-Chain: :AAAA:", "X_Client_Certificate_Subject: CN=root")).readMessage().status()).isEqualTo(200);
        }
        String head = backend.requests().getLast().head();
        assertThat(head).containsOnlyOnce("X-Client-Certificate-Subject: CN=Ann\\, \\\"the\\\" W\\C3\\B6rker\r\n")
                .containsOnlyOnce("Client-Cert: :MI").doesNotContain("CN=root").doesNotContain("Chain");

        SSLSocket none = socket(authority.client(), "closed.example");
        none.setEnabledProtocols(new String[] {version});
        try (var client = RawConnection.over(none)) {
            assertThatThrownBy(() -> client.send(get("closed.example")).readMessage()).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> asked("closed.example", robots.identity("R", WEEK))).as("another authority")
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> asked("closed.example", people.identity("Old", Duration.ofHours(-1)))).as("ended")
                .isInstanceOf(IOException.class);
        await().untilAsserted(() -> assertThat(fixture.traffic.handshakes().of(HandshakeCounts.Outcome.CLIENT_CERTIFICATE)).isEqualTo(3));

        try (var client = connect("open.example", people.identity("Ann", WEEK))) {
            assertThat(client.send(get("open.example", "X-Client-Certificate-Subject: CN=root")).readMessage().status()).isEqualTo(200);
            assertThat(backend.requests().getLast().head()).doesNotContain("Client-Cert");
        }
    }

    @Test
    void nobodyGetsInThroughAnotherDoor() throws Exception {
        routes(route("closed.example", "/", asking(byPeople)), route("open.example", "/", RouteTls.NONE));
        try (var client = connect("open.example")) {
            assertThat(client.send(get("closed.example")).readMessage().status()).as("the same certificate, another host").isEqualTo(421);
        }
        try (var client = connect("")) {
            assertThat(client.send(get("closed.example")).readMessage().status()).as("no name").isEqualTo(421);
        }
        assertThat(fixture.ask(get("closed.example")).status()).as("http").isEqualTo(301);
        assertThat(fixture.ask("GET /.well-known/acme-challenge/x HTTP/1.1\r\nHost: closed.example\r\n\r\n").status()).isEqualTo(403);
        routes(route("open.example", "/shop", RouteTls.NONE), route("*", "/", asking(byPeople)));
        assertThat(fixture.ask(get("without.certificate")).status()).isEqualTo(403);
        assertThat(asked("open.example")).as("what is left over").isEqualTo(403);
        routes(route("closed.example", "/", new RouteTls(Optional.of(false), Optional.empty(), Optional.of(byPeople))));
        assertThat(fixture.ask(get("closed.example")).status()).as("http, not redirected").isEqualTo(403);
        assertThat(backend.requests()).isEmpty();
    }

    @Test
    void aRouteThatBeginsToAskIsClosedToOpenConnections() throws Exception {
        routes(route("closed.example", "/", RouteTls.NONE));
        try (var client = connect("closed.example")) {
            assertThat(client.send(get("closed.example")).readMessage().status()).isEqualTo(200);
            routes(route("closed.example", "/", asking(byPeople)));
            assertThat(client.send(get("closed.example")).readMessage().status()).isEqualTo(421);
        }
    }

    @Test
    void aCertificateMayBeOptional() throws Exception {
        routes(route("closed.example", "/", asking(optional(byPeople))));

        assertThat(asked("closed.example")).isEqualTo(200);
        assertThat(backend.requests().getLast().head()).doesNotContain("Client-Cert");
        assertThat(asked("closed.example", people.identity("Ann", WEEK))).isEqualTo(200);
        assertThat(backend.requests().getLast().header("X-Client-Certificate-Subject")).isEqualTo("CN=Ann");
        assertThatThrownBy(() -> asked("closed.example", robots.identity("R", WEEK))).as("given, and not trusted")
                .isInstanceOf(IOException.class);
    }

    @Test
    void routesOfOneHostMayAskForDifferentThings() throws Exception {
        routes(route("a.wild.example", "/open", RouteTls.NONE), route("a.wild.example", "/people", asking(byPeople)),
                route("*.wild.example", "/robots", asking(byRobots)));
        List<String> paths = List.of("/open", "/people", "/robots");

        assertThat(statuses(paths)).containsExactly(200, 403, 403);
        assertThat(statuses(paths, people.identity("Ann", WEEK))).containsExactly(200, 200, 403);
        assertThat(backend.requests().getLast().header("X-Client-Certificate-Subject")).isEqualTo("CN=Ann");
        assertThat(statuses(paths, robots.identity("R", WEEK))).containsExactly(200, 403, 200);
        assertThat(backend.requests().getLast().header("X-Client-Certificate-Subject")).isEqualTo("CN=R");
    }

    private List<Integer> statuses(List<String> paths, KeyManager... own) throws IOException, GeneralSecurityException {
        var statuses = new ArrayList<Integer>();
        try (var client = connect("a.wild.example", own)) {
            for (String path : paths) {
                statuses.add(client.send("GET " + path + " HTTP/1.1\r\nHost: a.wild.example\r\n\r\n").readMessage().status());
            }
        }
        return statuses;
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aResumedSessionKnowsWhoTheClientIs(String version) throws Exception {
        routes(route("closed.example", "/", asking(byPeople)), route("open.example", "/", RouteTls.NONE));
        SSLContext same = authority.client(people.identity("Ann", WEEK));
        byte[] first = session(same, version);
        byte[] second = session(same, version);
        if (version.equals("TLSv1.2")) { // a session of 1.3 has another id each time
            assertThat(second).as("resumed").isEqualTo(first);
        }
        assertThat(backend.requests()).hasSize(2)
                .allSatisfy(request -> assertThat(request.header("X-Client-Certificate-Subject")).isEqualTo("CN=Ann"));

        robots.root(folder, "people");
        assertThatThrownBy(() -> session(same, version)).as("its authority has gone").isInstanceOf(IOException.class);
    }

    private byte[] session(SSLContext context, String version) throws IOException {
        SSLSocket socket = socket(context, "closed.example");
        socket.setEnabledProtocols(new String[] {version});
        try (var client = RawConnection.over(socket)) {
            assertThat(client.send(get("closed.example")).readMessage().status()).isEqualTo(200);
            return socket.getSession().getId();
        }
    }

    @Test
    void anAuthorityThatCannotBeReadLetsNobodyIn() throws Exception {
        routes(route("closed.example", "/", asking(byPeople)));
        Path file = byPeople.authorities().getFirst();
        String root = Files.readString(file);
        assertThat(asked("closed.example", people.identity("Ann", WEEK))).isEqualTo(200);

        Files.writeString(file, "no certificate");
        assertThatThrownBy(() -> asked("closed.example", people.identity("Ann", WEEK))).isInstanceOf(IOException.class);
        assertThat(clients.notes()).singleElement().asString().contains(file + ": it holds no certificate")
                .endsWith("nobody is let in by it");
        Files.writeString(file, root);
        assertThat(asked("closed.example", people.identity("Ann", WEEK))).isEqualTo(200);

        assertThat(clients.notes()).isEmpty();
        assertThat(records).hasSize(3).first().asString().startsWith("authority_taken: ");
        assertThat(records.get(1)).startsWith("authority_refused: ");
    }

    @Test
    void aRouteSaysItselfWhetherItRedirectsAndForHowLongTlsIsToBeUsed() throws Exception {
        routes(route("open.example", "/", new RouteTls(Optional.of(false), Optional.of(Duration.ofSeconds(7)), Optional.empty())),
                route("open.example", "/off", new RouteTls(Optional.empty(), Optional.of(Duration.ZERO), Optional.empty())),
                route("open.example", "/node", RouteTls.NONE));

        assertThat(fixture.ask(get("open.example")).status()).isEqualTo(200);
        assertThat(fixture.ask(get("open.example")).head()).doesNotContain("Strict-Transport-Security");
        assertThat(fixture.ask("GET /node HTTP/1.1\r\nHost: open.example\r\n\r\n").status()).isEqualTo(301);
        try (var client = connect("open.example")) {
            assertThat(client.send(get("open.example")).readMessage().header("Strict-Transport-Security")).isEqualTo("max-age=7");
            assertThat(client.send("GET /off HTTP/1.1\r\nHost: open.example\r\n\r\n").readMessage().head()).doesNotContain("Strict");
            assertThat(client.send("GET /node HTTP/1.1\r\nHost: open.example\r\n\r\n").readMessage().header("Strict-Transport-Security"))
                    .isEqualTo("max-age=86400");
            RouteTls seven = new RouteTls(Optional.empty(), Optional.of(Duration.ofSeconds(7)), Optional.empty());
            routes(new Route(new RouteSpec("open.example", "/").with(RouteHandling.PLAIN.withTls(Optional.of(seven))),
                    new Route.ToExternal(Address.loopback(1))));
            RawConnection.Message failed = client.send(get("open.example")).readMessage();
            assertThat(failed.status()).isEqualTo(502);
            assertThat(failed.header("Strict-Transport-Security")).as("an answer of the proxy's").isEqualTo("max-age=7");
        }
    }

    @Test
    void aNodeThatRedirectsNothingDoesWhereARouteSaysSo() throws Exception {
        try (var other = new ProxyFixture()) {
            other.proxy.startTls(
                    new TlsSettings(List.of(Address.loopback(0)), certificates, false, Optional.empty(), TlsSettings.HANDSHAKE));
            other.sources.publish("apps", List.of(
                    route("open.example", "/", new RouteTls(Optional.of(true), Optional.empty(), Optional.empty())),
                    route("closed.example", "/", RouteTls.NONE)));
            assertThat(other.ask(get("open.example")).status()).isEqualTo(301);
            assertThat(other.ask(get("closed.example")).status()).isEqualTo(200);
        }
    }
}
