package reeve.serve.proxy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reeve.model.Address;
import reeve.serve.certificate.CertificateChoice;

/// How a proxy serves https.
/// @param listen       addresses to bind; port 0 picks a free one
/// @param redirect     whether requests that came without TLS for a host that has a certificate are sent to the first address
/// @param hsts         how long browsers are told to use nothing but TLS (RFC 6797); said over TLS only
/// @param handshake    how long a client may take to shake hands; then its connection is closed
public record TlsSettings(List<Address> listen, CertificateChoice certificates, boolean redirect, Optional<Duration> hsts,
        Duration handshake) {
    public static final Duration HANDSHAKE = Duration.ofSeconds(10);

    public TlsSettings {
        listen = List.copyOf(listen);
    }
}
