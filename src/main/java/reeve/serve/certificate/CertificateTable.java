package reeve.serve.certificate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Certificates by the names that they are for: the exact name first, then the wildcard one label above it (RFC 6125 §6.4.3).
/// Of several for one name, earlier ones win. Immutable.
public final class CertificateTable implements CertificateChoice {
    public static final CertificateTable EMPTY = new CertificateTable(List.of());

    private final List<ServerCertificate> all;
    private final Map<String, List<ServerCertificate>> byName;

    /// @param all the first one also answers where no name is asked for
    public CertificateTable(List<ServerCertificate> all) {
        this.all = List.copyOf(all);
        var named = new HashMap<String, List<ServerCertificate>>();
        for (ServerCertificate certificate : all) {
            certificate.names().forEach(name -> named.computeIfAbsent(name, _ -> new ArrayList<>()).add(certificate));
        }
        named.replaceAll((_, certificates) -> List.copyOf(certificates));
        this.byName = Map.copyOf(named);
    }

    @Override
    public List<ServerCertificate> named(String name) {
        List<ServerCertificate> exact = byName.get(name);
        if (exact != null) {
            return exact;
        }
        int dot = name.indexOf('.');
        return dot <= 0 ? List.of() : byName.getOrDefault("*" + name.substring(dot), List.of());
    }

    @Override
    public List<ServerCertificate> unnamed() {
        return all.isEmpty() ? List.of() : List.of(all.getFirst());
    }

    /// In the order in which they were given.
    public List<ServerCertificate> all() {
        return all;
    }
}
