package reeve.serve.certificate;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import reeve.model.BackendTls;
import reeve.model.CertificateFiles;
import reeve.model.Failure;

/// The client's side of TLS towards backends: one context for each way that they are spoken to, made anew when a file changes. Blocks for
/// IO; any thread.
public final class BackendContexts {
    private static final int MOST = 10_000; // more ways than any node has backends
    /// What the machine's administrators look after, on Debian, Fedora and SUSE.
    private static final List<Path> ROOTS = List.of(Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"), Path.of("/etc/ssl/ca-bundle.pem"));

    private final Authorities authorities;
    private final Map<BackendTls, Known> known = new HashMap<>();

    private record Known(String stamp, SSLContext context) {}

    public BackendContexts(Authorities authorities) {
        this.authorities = authorities;
    }

    /// @throws Failure INVALID where a file cannot be used
    public SSLContext of(BackendTls tls) {
        String stamp = stamp(tls);
        synchronized (known) {
            Known before = known.get(tls);
            if (before != null && before.stamp.equals(stamp)) {
                return before.context;
            }
        }
        SSLContext made = make(tls); // outside of the lock: it reads files
        synchronized (known) {
            if (known.size() >= MOST) {
                known.clear();
            }
            known.put(tls, new Known(stamp, made));
        }
        return made;
    }

    private static List<Path> roots(BackendTls tls) {
        return tls.authorities().isEmpty() ? ROOTS.stream().filter(Files::isReadable).limit(1).toList() : tls.authorities();
    }

    private static String stamp(BackendTls tls) {
        var stamp = new StringBuilder();
        roots(tls).forEach(file -> stamp.append(FollowedPair.stamp(file)));
        tls.identity().ifPresent(own -> stamp.append(FollowedPair.stamp(own.certificate())).append(FollowedPair.stamp(own.key())));
        return stamp.toString();
    }

    private SSLContext make(BackendTls tls) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(identity(tls.identity()), new TrustManager[] {tls.unverified() ? new Anybody() : trust(roots(tls))}, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new Failure(Failure.Kind.INVALID, "cannot use its TLS settings: " + e.getMessage(), e);
        }
    }

    private X509ExtendedTrustManager trust(List<Path> files) throws GeneralSecurityException {
        if (files.isEmpty()) {
            var factory = TrustManagerFactory.getInstance("PKIX");
            factory.init((KeyStore) null); // no file of the machine's: what this Java brings along
            return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        }
        return authorities.of(files).manager();
    }

    private static KeyManager[] identity(Optional<CertificateFiles> files) throws GeneralSecurityException, IOException {
        if (files.isEmpty()) {
            return new KeyManager[0];
        }
        ServerCertificate own = CertificatePair.read(files.get());
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setKeyEntry("own", own.key(), new char[0], own.chain().toArray(X509Certificate[]::new));
        var factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    /// Checks nothing at all.
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
