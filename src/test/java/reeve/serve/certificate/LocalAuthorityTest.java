package reeve.serve.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.model.Failure;
import reeve.testing.NeedsProgram;
import reeve.testing.VirtualTime;

class LocalAuthorityTest {
    @TempDir
    private Path state;
    private final VirtualTime time = new VirtualTime();
    private final List<String> records = new ArrayList<>();

    private LocalAuthority authority(String... names) {
        return LocalAuthority.open(state, List.of(names), "n1", (what, why, _) -> records.add(what + ": " + why), time);
    }

    @Test
    void itSignsForItsNamesAndWhatLiesBelowThemAndForNothingElse() throws Exception {
        LocalAuthority authority = authority("localhost", "lan");
        for (String name : List.of("localhost", "wiki.localhost", "a.b.lan", "x_y.lan", "lan")) {
            assertThat(authority.has(name)).isTrue();
            ServerCertificate certificate = authority.named(name).getFirst();
            assertThat(certificate.names()).containsExactly(name);
            assertThat(certificate.algorithm()).isEqualTo("EC");
            assertThatCode(() -> validate(authority, certificate.chain().getFirst())).doesNotThrowAnyException();
        }
        for (String name : List.of("evil.example", "notlocalhost", "localhost.example", "", ".lan", "a b.lan", "*.lan",
                "x".repeat(300) + ".lan")) {
            assertThat(authority.has(name)).as(name).isFalse();
            assertThat(authority.named(name)).isEmpty();
        }
    }

    @Test
    @Tag("it")
    @NeedsProgram("openssl")
    void itsOwnCertificateForbidsItEverythingElse() throws Exception {
        LocalAuthority authority = authority("localhost");
        X509Certificate root = Pem.certificates(authority.root()).getFirst();
        assertThat(root.getCriticalExtensionOIDs()).contains("2.5.29.30", "2.5.29.19", "2.5.29.15");
        assertThat(verified(root, "wiki.localhost")).endsWith(": OK\n");
        assertThat(verified(root, "bank.example")).contains("permitted subtree violation");
        assertThat(verified(root, "127.0.0.1")).endsWith(": OK\n");
        assertThat(verified(root, "10.0.0.1")).contains("permitted subtree violation");
    }

    /// What OpenSSL makes of a certificate that somebody signs who has taken the key.
    private String verified(X509Certificate root, String name) throws Exception {
        KeyPair own = CertificateMaker.keys();
        var taken = new KeyPair(root.getPublicKey(), Pem.key(Files.readString(state.resolve(LocalAuthority.FILE))));
        var wish = new CertificateMaker.Wish("taken", List.of(name), time.wall(), time.wall().plus(Duration.ofDays(1)),
                CertificateMaker.Purpose.SERVER);
        X509Certificate leaf = CertificateMaker.make(wish, own.getPublic(), taken, CertificateMaker.commonName(root));
        Path rootFile = Files.writeString(state.resolve("root"), Pem.text("CERTIFICATE", root.getEncoded()));
        Path leafFile = Files.writeString(state.resolve("leaf"), Pem.text("CERTIFICATE", leaf.getEncoded()));
        Process openssl = new ProcessBuilder("openssl", "verify", "-no_check_time", "-x509_strict", "-CAfile", rootFile.toString(),
                leafFile.toString()).redirectErrorStream(true).start();
        return new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private void validate(LocalAuthority authority, X509Certificate certificate) throws Exception {
        var parameters = new PKIXParameters(Set.of(new TrustAnchor(Pem.certificates(authority.root()).getFirst(), null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(time.wall()));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)), parameters);
    }

    @Test
    void aCertificateIsUsedUntilItEndsSoon() {
        LocalAuthority authority = authority("localhost");
        ServerCertificate first = authority.named("a.localhost").getFirst();
        assertThat(authority.named("a.localhost").getFirst()).isSameAs(first);
        time.advance(Duration.ofDays(19));
        assertThat(authority.named("a.localhost").getFirst()).isSameAs(first);
        time.advance(Duration.ofDays(2));
        ServerCertificate second = authority.named("a.localhost").getFirst();
        assertThat(second).isNotSameAs(first);
        assertThat(second.end()).isAfter(first.end());
        assertThat(second.chain().getFirst().getSerialNumber()).isNotEqualTo(first.chain().getFirst().getSerialNumber());
        assertThat(authority.statuses()).singleElement().satisfies(status -> assertThat(status.names()).containsExactly("a.localhost"));
    }

    @Test
    void aRestartKeepsTheAuthorityAndOthersCannotReadItsKey() throws Exception {
        String root = authority("localhost", "lan").root();
        assertThat(authority("localhost", "lan").root()).isEqualTo(root);
        assertThat(records).singleElement().asString().startsWith("authority_made: ");
        Path file = state.resolve(LocalAuthority.FILE);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(root).doesNotContain("PRIVATE");
        try (var files = Files.list(state)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void otherNamesNeedAnotherAuthority() {
        String root = authority("localhost").root();
        assertThat(authority("localhost", "lan").root()).isNotEqualTo(root);
        assertThat(records).hasSize(2).last().asString().contains("whoever trusted one before");
    }

    @Test
    void anAuthorityThatEndsIsReplacedInTime() {
        String root = authority("localhost").root();
        time.advance(Duration.ofDays(3600));
        assertThat(authority("localhost").root()).isEqualTo(root);
        time.advance(Duration.ofDays(30));
        assertThat(authority("localhost").root()).isNotEqualTo(root);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"})
    void aFileThatIsNoAuthorityIsNotReplaced(String text) throws Exception {
        authority("localhost");
        Path file = Files.writeString(state.resolve(LocalAuthority.FILE), text);
        assertThatThrownBy(() -> authority("localhost")).isInstanceOf(Failure.class).hasMessageContaining(file.toString());
        assertThat(file).hasContent(text);
    }

    @Test
    void whoNamesNoHostGetsACertificateForThisMachine() throws Exception {
        LocalAuthority authority = authority("localhost", "lan");
        X509Certificate own = authority.unnamed().getFirst().chain().getFirst();
        assertThat(own.getSubjectAlternativeNames().toString()).isEqualTo("[[2, localhost], [7, 127.0.0.1], [7, 0:0:0:0:0:0:0:1]]");
        assertThatCode(() -> validate(authority, own)).doesNotThrowAnyException();
    }

    @Test
    void onlySoManyAreRemembered() {
        LocalAuthority authority = authority("localhost");
        for (int i = 0; i < 1100; i++) {
            authority.named("h" + i + ".localhost");
        }
        assertThat(authority.statuses()).hasSize(1000);
    }

    @Test
    void certificatesOfFilesComeFirst() throws Exception {
        var files = new TestAuthority(time.wall());
        var pair = files.pair(state, "own", Duration.ofDays(9), "wiki.localhost");
        try (var certificates = new Certificates(List.of(pair), (_, _, _) -> {}, time)) {
            certificates.look();
            var order = new CertificateOrder(List.of(certificates, authority("localhost")));
            assertThat(order.named("wiki.localhost").getFirst().source()).endsWith("own.pem");
            assertThat(order.named("other.localhost").getFirst().source()).isEqualTo("this node's own authority");
            assertThat(order.unnamed().getFirst().source()).endsWith("own.pem");
            assertThat(order.has("other.localhost")).isTrue();
            assertThat(order.has("example.org")).isFalse();
        }
    }
}
