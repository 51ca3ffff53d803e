package reeve.serve.proxy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reeve.model.Address;
import reeve.serve.certificate.Authorities;
import reeve.serve.certificate.CertificateChoice;

/// How a proxy serves https.
/// @param listen       addresses to bind; port 0 picks a free one
/// @param redirect     whether requests that came without TLS for a host that has a certificate are sent to the first address
/// @param hsts         how long browsers are told to use nothing but TLS (RFC 6797); said over TLS only
/// @param clients      who may sign the certificates that routes ask of clients
/// @param handshake    how long a client may take to shake hands; then its connection is closed
public record TlsSettings(List<Address> listen, CertificateChoice certificates, Authorities clients, boolean redirect,
        Optional<Duration> hsts, Duration handshake) {
    public static final Duration HANDSHAKE = Duration.ofSeconds(10);

    public TlsSettings {
        listen = List.copyOf(listen);
    }

    /// Where nobody wants to know which files of authorities are read.
    public TlsSettings(List<Address> listen, CertificateChoice certificates, boolean redirect, Optional<Duration> hsts,
            Duration handshake) {
        this(listen, certificates, new Authorities((_, _, _) -> {}), redirect, hsts, handshake);
    }
}
