package reeve.serve.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.model.CertificateFiles;
import reeve.model.Failure;
import reeve.testing.VirtualTime;

class PemTest {
    private static final Duration WEEK = Duration.ofDays(7);

    @TempDir
    private Path folder;
    private final TestAuthority authority = new TestAuthority(new VirtualTime().wall());

    PemTest() throws GeneralSecurityException {}

    private static KeyPair keys(String kind, int size) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance(kind);
        generator.initialize(size);
        return generator.generateKeyPair();
    }

    /// What a PKCS #8 key wraps.
    private static byte[] inner(KeyPair keys) {
        return Der.read(Der.read(keys.getPrivate().getEncoded()).getFirst().content()).get(2).content();
    }

    private ServerCertificate with(CertificateFiles files, String key) throws IOException {
        Files.writeString(files.key(), key);
        return CertificatePair.read(files);
    }

    @Test
    void keysOfEveryFormAreRead() throws Exception {
        KeyPair rsa = keys("RSA", 2048);
        KeyPair ec = keys("EC", 384);
        KeyPair edwards = keys("Ed25519", 255);
        List<Der.Element> parts = Der.read(Der.read(inner(ec)).getFirst().content());
        byte[] sec1 = Der.sequence(Der.element(2, parts.get(0).content()), Der.octets(parts.get(1).content()),
                Der.tagged(0, Der.name("1.3.132.0.34")));
        var ofRsa = authority.pair(folder, "rsa", rsa, WEEK, "a.example");
        var ofEc = authority.pair(folder, "ec", ec, WEEK, "a.example");

        assertThat(CertificatePair.read(ofRsa).key()).isEqualTo(rsa.getPrivate());
        assertThat(CertificatePair.read(ofEc).key()).isEqualTo(ec.getPrivate());
        assertThat(CertificatePair.read(authority.pair(folder, "ed", edwards, WEEK, "a.example")).algorithm()).isEqualTo("EdDSA");
        assertThat(with(ofRsa, TestAuthority.pem("RSA PRIVATE KEY", inner(rsa))).key()).isEqualTo(rsa.getPrivate());
        String ofOpenssl = TestAuthority.pem("EC PARAMETERS", Der.name("1.3.132.0.34")) + TestAuthority.pem("EC PRIVATE KEY", sec1);
        assertThat(((ECPrivateKey) with(ofEc, ofOpenssl).key()).getS()).isEqualTo(((ECPrivateKey) ec.getPrivate()).getS());
    }

    @Test
    void oneFileMayHoldBoth() throws Exception {
        CertificateFiles files = authority.pair(folder, "a", WEEK, "a.example");
        Path both = folder.resolve("both.pem");
        Files.writeString(both, Files.readString(files.key()) + Files.readString(files.certificate()).replace("\n", "\r\n"));

        assertThat(CertificatePair.read(new CertificateFiles(both, both)).names()).containsExactly("a.example");
    }

    @Test
    void whatIsWrongIsSaidWithItsFileAndWhatWasExpected() throws Exception {
        CertificateFiles files = authority.pair(folder, "a", WEEK, "a.example");
        CertificateFiles other = authority.pair(folder, "b", WEEK, "b.example");
        Path text = Files.writeString(folder.resolve("text"), "secret text");
        Path broken = Files.writeString(folder.resolve("broken"), TestAuthority.pem("CERTIFICATE", new byte[] {1, 2, 3}));
        Path locked = Files.writeString(folder.resolve("locked"), TestAuthority.pem("ENCRYPTED PRIVATE KEY", new byte[] {1}));
        Path cut = Files.writeString(folder.resolve("cut"), TestAuthority.pem("EC PRIVATE KEY", new byte[] {0x30, 0x20, 1}));

        refused(new CertificateFiles(folder.resolve("none"), files.key()), "none: there is no such file");
        refused(new CertificateFiles(text, files.key()), "text: it holds no certificate; expected PEM");
        refused(new CertificateFiles(broken, files.key()), "broken: its certificate number 1 cannot be read");
        refused(new CertificateFiles(files.certificate(), text), "text: it holds no private key; expected PEM");
        refused(new CertificateFiles(files.certificate(), locked), "locked: its private key is encrypted; expected one without a password");
        refused(new CertificateFiles(files.certificate(), cut), "cut: it is cut short");
        refused(new CertificateFiles(files.certificate(), other.key()), "b.key: it is not that of the certificate " + files.certificate());
    }

    private static void refused(CertificateFiles files, String why) {
        assertThatThrownBy(() -> CertificatePair.read(files)).isInstanceOf(Failure.class)
                .hasMessageStartingWith("cannot use the ").hasMessageContaining(why).hasMessageNotContaining("secret");
    }
}
