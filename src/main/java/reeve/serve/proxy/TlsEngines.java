package reeve.serve.proxy;

import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import reeve.model.RouteTls;
import reeve.serve.certificate.Authorities;
import reeve.serve.certificate.CertificateChoice;
import reeve.serve.route.ClientDemands;

/// Makes the server's side of TLS connections: 1.2 and 1.3, only suites with forward secrecy and authenticated encryption
/// (RFC 9325 §4.2). One context for all certificates, so that sessions are resumed whatever else was reloaded meanwhile; but others for
/// hosts that ask clients for theirs. Any thread.
final class TlsEngines {
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
    private static final List<String> SUITES = List.of(
            "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
    static final String HTTP2 = "h2";
    private static final String HTTP1 = "http/1.1";
    private static final int MOST_ASKING = 1000; // more than any node has hosts that ask for different things
    private static final int KEPT_SESSIONS = 20_000;
    private static final int SESSION_SECONDS = 3600;

    private final CertificateChoice certificates;
    private final Authorities clients;
    private final TlsKeys keys;
    private final SSLContext context;
    private final String[] applications;
    private final Map<ClientDemands, AskingContext> asking = new HashMap<>();

    /// @param http2 whether HTTP/2 is spoken
    TlsEngines(CertificateChoice certificates, Authorities clients, boolean http2) {
        this.certificates = certificates;
        this.clients = clients;
        this.applications = http2 ? new String[] {HTTP2, HTTP1} : new String[] {HTTP1};
        this.keys = new TlsKeys(certificates);
        this.context = context(new TrustManager[0]);
    }

    /// The engine of one connection.
    /// @param asked  the name that the client asks for; one that nobody here has is refused
    /// @param asking null where clients are asked for nothing
    record Chosen(SSLEngine engine, AskedName asked, @Nullable AskingContext asking) {}

    private SSLContext context(TrustManager... trust) {
        try {
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(new KeyManager[] {keys}, trust, null);
            made.getServerSessionContext().setSessionCacheSize(KEPT_SESSIONS);
            made.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
            return made;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }

    /// For hosts that ask clients for nothing.
    Chosen open() {
        var asked = new AskedName(certificates);
        return new Chosen(engine(context, asked), asked, null);
    }

    /// For a host that does. Blocks for IO: the files of authorities are looked at.
    Chosen asking(ClientDemands demands) {
        AskingContext trusting = context(demands);
        var asked = new AskedName(certificates);
        SSLEngine engine = engine(trusting.context(), asked);
        SSLParameters parameters = engine.getSSLParameters();
        if (demands.everywhere()) {
            parameters.setNeedClientAuth(true);
        } else {
            parameters.setWantClientAuth(true);
        }
        engine.setSSLParameters(parameters);
        return new Chosen(engine, asked, trusting);
    }

    private AskingContext context(ClientDemands demands) {
        var trusted = new HashMap<RouteTls.ClientAuth, Authorities.Trusted>();
        demands.all().forEach(auth -> trusted.put(auth, clients.of(auth.authorities())));
        synchronized (asking) {
            AskingContext known = asking.get(demands);
            if (known == null || !known.trusts(trusted)) {
                if (asking.size() >= MOST_ASKING) {
                    asking.clear();
                }
                known = new AskingContext(trusted, this::context);
                asking.put(demands, known);
            }
            return known;
        }
    }

    private SSLEngine engine(SSLContext context, AskedName asked) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        var parameters = new SSLParameters(SUITES.toArray(String[]::new), PROTOCOLS.toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(true);
        parameters.setApplicationProtocols(applications);
        parameters.setSNIMatchers(List.of(asked));
        engine.setSSLParameters(parameters);
        return engine;
    }

    CertificateChoice certificates() {
        return certificates;
    }
}
