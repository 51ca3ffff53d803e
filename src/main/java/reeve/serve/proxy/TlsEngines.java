package reeve.serve.proxy;

import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import reeve.serve.certificate.CertificateChoice;

/// Makes the server's side of TLS connections: 1.2 and 1.3, only suites with forward secrecy and authenticated encryption
/// (RFC 9325 §4.2). One context for all certificates, so that sessions are resumed whatever was reloaded meanwhile. Any thread.
final class TlsEngines {
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
    private static final List<String> SUITES = List.of(
            "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
    static final String HTTP2 = "h2";
    private static final String HTTP1 = "http/1.1";
    private static final int KEPT_SESSIONS = 20_000;
    private static final int SESSION_SECONDS = 3600;

    private final CertificateChoice certificates;
    private final SSLContext context;
    private final String[] applications;

    /// @param http2 whether HTTP/2 is spoken
    TlsEngines(CertificateChoice certificates, boolean http2) {
        this.certificates = certificates;
        this.applications = http2 ? new String[] {HTTP2, HTTP1} : new String[] {HTTP1};
        try {
            context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new TlsKeys(certificates)}, new TrustManager[0], null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
        context.getServerSessionContext().setSessionCacheSize(KEPT_SESSIONS);
        context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
    }

    /// @param asked notes the name that the client asks for, and refuses one that nobody here has
    SSLEngine engine(AskedName asked) {
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
