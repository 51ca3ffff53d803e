package reeve.serve.proxy;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import reeve.serve.certificate.CertificateChoice;
import reeve.serve.certificate.ServerCertificate;

/// Hands the engine the certificate for the name that a client asked for. The engine chooses first, then asks for chain and key by
/// an alias: what was chosen lately is remembered, so that a reload in between changes nothing. Threads that shake hands.
final class TlsKeys extends X509ExtendedKeyManager {
    private static final int MOST_CHOSEN = 4096; // many times more than handshakes at a time

    private final CertificateChoice certificates;
    private final Map<String, ServerCertificate> chosen = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ServerCertificate> eldest) {
            return size() > MOST_CHOSEN;
        }
    };

    TlsKeys(CertificateChoice certificates) {
        this.certificates = certificates;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String kind, Principal @Nullable [] issuers, SSLEngine engine) {
        for (ServerCertificate certificate : candidates(engine)) {
            if (certificate.algorithm().equals(kind)) {
                synchronized (chosen) {
                    chosen.put(certificate.fingerprint(), certificate);
                }
                return certificate.fingerprint();
            }
        }
        return null;
    }

    private List<ServerCertificate> candidates(SSLEngine engine) {
        var session = (ExtendedSSLSession) engine.getHandshakeSession();
        return session.getRequestedServerNames().stream().findFirst()
                .map(name -> AskedName.certificatesFor(AskedName.normal(new String(name.getEncoded(), StandardCharsets.ISO_8859_1)),
                        certificates))
                .orElseGet(certificates::unnamed);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        ServerCertificate certificate = chosen(alias);
        return certificate == null ? null : certificate.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        ServerCertificate certificate = chosen(alias);
        return certificate == null ? null : certificate.key();
    }

    private @Nullable ServerCertificate chosen(String alias) {
        synchronized (chosen) {
            return chosen.get(alias);
        }
    }

    @Override
    public String @Nullable [] getClientAliases(String kind, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] kinds, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String kind, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseServerAlias(String kind, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
