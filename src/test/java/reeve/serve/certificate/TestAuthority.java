package reeve.serve.certificate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import reeve.model.CertificateFiles;

/// Signs certificates for tests, and makes clients that trust it.
public final class TestAuthority {
    private static final String NAME = "Test authority";

    private final KeyPair keys;
    private final X509Certificate root;
    private final Instant now;

    /// @param now what it makes is valid since yesterday
    public TestAuthority(Instant now) throws GeneralSecurityException {
        this.now = now;
        keys = CertificateMaker.keys();
        root = CertificateMaker.make(new CertificateMaker.Wish(NAME, List.of(), now.minus(Duration.ofDays(1)),
                now.plus(Duration.ofDays(365)), true), keys.getPublic(), keys, NAME);
    }

    /// A new certificate for P-256, in `name.pem` and `name.key`.
    public CertificateFiles pair(Path folder, String name, Duration lasts, String... dnsNames) {
        try {
            return pair(folder, name, CertificateMaker.keys(), lasts, dnsNames);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The same for keys of any kind.
    public CertificateFiles pair(Path folder, String name, KeyPair own, Duration lasts, String... dnsNames) {
        try {
            X509Certificate certificate = CertificateMaker.make(new CertificateMaker.Wish(name, List.of(dnsNames),
                    now.minus(Duration.ofDays(1)), now.plus(lasts), false), own.getPublic(), keys, NAME);
            var files = new CertificateFiles(folder.resolve(name + ".pem"), folder.resolve(name + ".key"));
            Files.writeString(files.certificate(), pem("CERTIFICATE", certificate.getEncoded()));
            Files.writeString(files.key(), pem("PRIVATE KEY", own.getPrivate().getEncoded()));
            Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-------"));
            return files;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String pem(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + label + "-----\n";
    }

    /// A client's side of TLS that trusts nobody else.
    public SSLContext client() throws GeneralSecurityException, IOException {
        return trusting(root);
    }

    /// @param root the only certificate that is trusted
    public static SSLContext trusting(X509Certificate root) throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("root", root);
        var trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
