package reeve.declare.settings;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reeve.model.CertificateFiles;

/// How TLS is spoken. Each component is explained where it is defined, in [Definitions].
/// @param https where; empty: nowhere
public record TlsRules(Optional<Listener> https, List<CertificateFiles> certificates, boolean redirect, Optional<Duration> hsts) {
    public TlsRules {
        certificates = List.copyOf(certificates);
    }
}
