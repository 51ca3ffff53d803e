package reeve.serve.certificate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
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
                now.plus(Duration.ofDays(365)), CertificateMaker.Purpose.AUTHORITY), keys.getPublic(), keys, NAME);
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
                    now.minus(Duration.ofDays(1)), now.plus(lasts), CertificateMaker.Purpose.SERVER), own.getPublic(), keys, NAME);
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

    /// Listens on loopback with a new certificate.
    /// @param clients who signs the certificates that clients have to have; null: they need none
    public SSLServerSocket listener(@Nullable TestAuthority clients, String... names) throws GeneralSecurityException, IOException {
        KeyPair own = CertificateMaker.keys();
        X509Certificate certificate = CertificateMaker.make(new CertificateMaker.Wish("listener", List.of(names),
                now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(7)), CertificateMaker.Purpose.SERVER), own.getPublic(), keys, NAME);
        KeyManager manager = manager(own, certificate);
        SSLContext context = clients == null ? client(manager) : clients.client(manager);
        var listener = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 1000, InetAddress.getLoopbackAddress());
        listener.setNeedClientAuth(clients != null);
        return listener;
    }

    private static KeyManager manager(KeyPair own, X509Certificate certificate) throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setKeyEntry("own", own.getPrivate(), new char[0], new X509Certificate[] {certificate});
        var factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, new char[0]);
        return factory.getKeyManagers()[0];
    }

    /// A certificate of somebody who is no server, in `name.pem` and `name.key`.
    public CertificateFiles identity(Path folder, String name) throws GeneralSecurityException, IOException {
        KeyPair own = CertificateMaker.keys();
        X509Certificate certificate = CertificateMaker.make(new CertificateMaker.Wish(name, List.of(), now.minus(Duration.ofDays(1)),
                now.plus(Duration.ofDays(7)), CertificateMaker.Purpose.CLIENT), own.getPublic(), keys, NAME);
        return new CertificateFiles(Files.writeString(folder.resolve(name + ".pem"), pem("CERTIFICATE", certificate.getEncoded())),
                Files.writeString(folder.resolve(name + ".key"), pem("PRIVATE KEY", own.getPrivate().getEncoded())));
    }

    /// The authority's own certificate, in `NAME.pem`.
    public Path root(Path folder, String name) {
        try {
            return Files.writeString(folder.resolve(name + ".pem"), pem("CERTIFICATE", root.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A certificate of somebody who is no server, with its key.
    public KeyManager identity(String name, Duration lasts) throws GeneralSecurityException, IOException {
        KeyPair own = CertificateMaker.keys();
        X509Certificate certificate = CertificateMaker.make(new CertificateMaker.Wish(name, List.of(), now.minus(Duration.ofDays(1)),
                now.plus(lasts), CertificateMaker.Purpose.CLIENT), own.getPublic(), keys, NAME);
        return manager(own, certificate);
    }

    static String pem(String label, byte[] content) {
        return Pem.text(label, content);
    }

    /// A client's side of TLS that trusts nobody else.
    /// @param own who the client is, where servers ask
    public SSLContext client(KeyManager... own) throws GeneralSecurityException, IOException {
        return trusting(root, own);
    }

    /// @param root the only certificate that is trusted
    public static SSLContext trusting(X509Certificate root, KeyManager... own) throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("root", root);
        var trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(own, trust.getTrustManagers(), null);
        return context;
    }
}
