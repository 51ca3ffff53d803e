package reeve.declare.settings;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reeve.model.CertificateFiles;

/// How TLS is spoken. Each component is explained where it is defined, in [Definitions].
/// @param https      where; empty: nowhere
/// @param localNames for which the node signs certificates itself; none: it does not
public record TlsRules(Optional<Listener> https, List<CertificateFiles> certificates, boolean redirect, Optional<Duration> hsts,
        List<String> localNames) {
    public TlsRules {
        certificates = List.copyOf(certificates);
        localNames = List.copyOf(localNames);
    }
}
