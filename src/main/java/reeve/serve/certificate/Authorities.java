package reeve.serve.certificate;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.model.Failure;

/// Who may sign certificates of others, by the files that say so. A file that changed counts from the next question on; files that cannot
/// be used let nobody in. Blocks for IO; any thread.
public final class Authorities {
    private static final Logger LOG = LoggerFactory.getLogger(Authorities.class);
    private static final int MOST = 10_000; // more sets of files than any node has routes that name them

    private final CertificateRecords records;
    private final Map<List<Path>, Trusted> known = new HashMap<>();

    /// The authorities of some files, at one moment: another object after each change. Immutable.
    public static final class Trusted {
        private final List<X509Certificate> authorities;
        private final String problem;
        private final String stamp;
        private final @Nullable X509ExtendedTrustManager manager;

        private Trusted(List<X509Certificate> authorities, String problem, String stamp, @Nullable X509ExtendedTrustManager manager) {
            this.authorities = List.copyOf(authorities);
            this.problem = problem;
            this.stamp = stamp;
            this.manager = manager;
        }

        /// None where the files cannot be used.
        public List<X509Certificate> authorities() {
            return authorities;
        }

        /// @throws Failure INVALID where the files cannot be used
        X509ExtendedTrustManager manager() {
            if (manager == null) {
                throw new Failure(Failure.Kind.INVALID, problem);
            }
            return manager;
        }

        /// @param chain a client's, its own first
        /// @throws CertificateException where the chain does not lead to one of the authorities, or is not valid now
        public void check(List<X509Certificate> chain) throws CertificateException {
            if (manager == null) {
                throw new CertificateException("client certificate not trusted: " + problem);
            }
            manager.checkClientTrusted(chain.toArray(X509Certificate[]::new), chain.getFirst().getPublicKey().getAlgorithm());
        }
    }

    public Authorities(CertificateRecords records) {
        this.records = records;
    }

    /// What the files say now. The same object for as long as they do not change.
    public Trusted of(List<Path> files) {
        String stamp = String.join(" ", files.stream().map(FollowedPair::stamp).toList());
        synchronized (known) {
            Trusted before = known.get(files);
            if (before != null && before.stamp.equals(stamp)) {
                return before;
            }
            Trusted now = read(files, stamp);
            if (known.size() >= MOST) {
                known.clear();
            }
            known.put(files, now);
            tell(files, now);
            return now;
        }
    }

    private static Trusted read(List<Path> files, String stamp) {
        var authorities = new ArrayList<X509Certificate>();
        try {
            files.forEach(file -> authorities.addAll(CertificatePair.read("authority", file, Pem::certificates)));
            return new Trusted(authorities, "", stamp, trusting(authorities));
        } catch (Failure | CertificateException e) {
            return new Trusted(List.of(), String.valueOf(e.getMessage()), stamp, null);
        }
    }

    private void tell(List<Path> files, Trusted now) {
        if (now.problem.isEmpty()) {
            records.record("authority_taken", "certificates that are signed by " + names(files) + " are trusted from now on",
                    Map.of("authorities", String.valueOf(now.authorities.size())));
        } else {
            LOG.error("authority not used: reason={}", now.problem);
            records.record("authority_refused", now.problem + "; nobody is let in by it", Map.of());
        }
    }

    private static String names(List<Path> files) {
        return String.join(", ", files.stream().map(Path::toString).toList());
    }

    /// What people should know, a sentence each.
    public List<String> notes() {
        synchronized (known) {
            return known.values().stream().map(one -> one.problem).filter(problem -> !problem.isEmpty())
                    .map(problem -> problem + "; nobody is let in by it").toList();
        }
    }

    /// Checks by the usual rules (RFC 5280 §6), and by nothing else than these authorities.
    public static X509ExtendedTrustManager trusting(List<X509Certificate> authorities) throws CertificateException {
        try {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (X509Certificate authority : authorities) {
                store.setCertificateEntry(String.valueOf(store.size()), authority);
            }
            var factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        } catch (IOException | GeneralSecurityException e) {
            throw new CertificateException(e.getMessage(), e);
        }
    }
}
