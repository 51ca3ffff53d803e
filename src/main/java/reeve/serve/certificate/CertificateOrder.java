package reeve.serve.certificate;

import java.util.List;

/// Several sources of certificates: the first that has one for a name answers. Immutable; any thread.
/// @param sources in the order in which they are asked
public record CertificateOrder(List<CertificateChoice> sources) implements CertificateChoice {
    public CertificateOrder {
        sources = List.copyOf(sources);
    }

    @Override
    public boolean has(String name) {
        return sources.stream().anyMatch(source -> source.has(name));
    }

    @Override
    public List<ServerCertificate> named(String name) {
        return sources.stream().map(source -> source.named(name)).filter(found -> !found.isEmpty()).findFirst().orElse(List.of());
    }

    @Override
    public List<ServerCertificate> unnamed() {
        return sources.stream().map(CertificateChoice::unnamed).filter(found -> !found.isEmpty()).findFirst().orElse(List.of());
    }
}
