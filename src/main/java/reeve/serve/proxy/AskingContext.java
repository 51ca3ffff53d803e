package reeve.serve.proxy;

import java.net.Socket;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import reeve.model.RouteTls;
import reeve.serve.certificate.Authorities;

/// TLS for hosts whose routes ask clients for certificates: a context of its own for each set of demands and of authorities, so that no
/// session of other hosts, or of before a change, is resumed here. Immutable; any thread.
final class AskingContext {
    private final Map<RouteTls.ClientAuth, Authorities.Trusted> trusted;
    private final SSLContext context;

    /// @param make a context that trusts by this manager
    AskingContext(Map<RouteTls.ClientAuth, Authorities.Trusted> trusted, Function<TrustManager, SSLContext> make) {
        this.trusted = Map.copyOf(trusted);
        this.context = make.apply(new Any(List.copyOf(trusted.values())));
    }

    SSLContext context() {
        return context;
    }

    /// Whether it still is what the files say.
    boolean trusts(Map<RouteTls.ClientAuth, Authorities.Trusted> now) {
        return trusted.equals(now);
    }

    /// What the client of a session that shook hands here has proved. A resumed session is judged anew.
    ClientProof proof(SSLSession session) {
        List<X509Certificate> chain = chain(session);
        if (chain.isEmpty()) {
            return new ClientProof(trusted.keySet(), Set.of(), new byte[0]);
        }
        var met = new HashSet<RouteTls.ClientAuth>();
        trusted.forEach((auth, authorities) -> {
            try {
                authorities.check(chain);
                met.add(auth);
            } catch (CertificateException e) {
                // another route's authority has signed it
            }
        });
        return new ClientProof(trusted.keySet(), met, met.isEmpty() ? new byte[0] : ClientProof.lines(chain.getFirst()));
    }

    private static List<X509Certificate> chain(SSLSession session) {
        try {
            return Arrays.stream(session.getPeerCertificates()).map((Certificate one) -> (X509Certificate) one).toList();
        } catch (SSLPeerUnverifiedException e) {
            return List.of(); // it has shown none
        }
    }

    /// Trusts whom one of several trusts: which of the routes a client may use is asked with each request.
    private static final class Any extends X509ExtendedTrustManager {
        private final List<Authorities.Trusted> all;

        Any(List<Authorities.Trusted> all) {
            this.all = all;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
            var last = new CertificateException("client certificate not trusted");
            for (Authorities.Trusted one : all) {
                try {
                    one.check(List.of(chain));
                    return;
                } catch (CertificateException e) {
                    last = e;
                }
            }
            throw last;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) throws CertificateException {
            checkClientTrusted(chain, kind);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) throws CertificateException {
            checkClientTrusted(chain, kind);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
            throw new CertificateException("only clients are asked for certificates here");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) throws CertificateException {
            checkServerTrusted(chain, kind);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) throws CertificateException {
            checkServerTrusted(chain, kind);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return all.stream().flatMap(one -> one.authorities().stream()).toArray(X509Certificate[]::new);
        }
    }
}
