package reeve.serve.proxy;

import java.time.Duration;
import java.util.List;
import reeve.model.Address;
import reeve.serve.certificate.CertificateChoice;

/// How a proxy serves https.
/// @param listen       addresses to bind; port 0 picks a free one
/// @param handshake    how long a client may take to shake hands; then its connection is closed
public record TlsSettings(List<Address> listen, CertificateChoice certificates, Duration handshake) {
    public static final Duration HANDSHAKE = Duration.ofSeconds(10);

    public TlsSettings {
        listen = List.copyOf(listen);
    }
}
