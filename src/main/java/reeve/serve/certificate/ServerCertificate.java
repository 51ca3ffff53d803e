package reeve.serve.certificate;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// A certificate that this node can prove to be its own.
/// @param source      where it is from, for people
/// @param chain       its own certificate first
/// @param names       DNS names that it is for, in lower case; a wildcard is written `*.example.org`
/// @param fingerprint SHA-256 of its own certificate
public record ServerCertificate(String source, List<X509Certificate> chain, PrivateKey key, Set<String> names, String fingerprint) {
    private static final int DNS_NAME = 2; // RFC 5280 §4.2.1.6

    public ServerCertificate {
        chain = List.copyOf(chain);
        names = Set.copyOf(names);
    }

    static ServerCertificate of(String source, List<X509Certificate> chain, PrivateKey key) throws GeneralSecurityException {
        X509Certificate own = chain.getFirst();
        String fingerprint = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(own.getEncoded()));
        return new ServerCertificate(source, chain, key, dnsNames(own), fingerprint);
    }

    /// The common name counts for nothing: no client of today reads it (RFC 9525 §2).
    private static Set<String> dnsNames(X509Certificate certificate) throws CertificateParsingException {
        Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
        var names = new TreeSet<String>();
        if (alternatives != null) {
            alternatives.stream().filter(name -> name.getFirst().equals(DNS_NAME))
                    .forEach(name -> names.add(String.valueOf(name.get(1)).toLowerCase(Locale.ROOT)));
        }
        return names;
    }

    /// The kind of its key, as TLS providers call it: `EC`, `RSA`, `EdDSA`.
    public String algorithm() {
        return key.getAlgorithm();
    }

    /// When it ends.
    public Instant end() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    /// @param name in lower case
    public boolean covers(String name) {
        int dot = name.indexOf('.');
        return names.contains(name) || dot > 0 && names.contains("*" + name.substring(dot));
    }

    @Override
    public String toString() {
        return "ServerCertificate[" + source + " " + names + " until " + end() + "]";
    }
}
