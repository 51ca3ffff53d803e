package reeve.serve.proxy;

import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import reeve.model.RouteTls;

/// Who a client has proved to be as it shook hands. Immutable.
/// @param asked what it was asked for
/// @param met   what of that its certificate meets
/// @param lines header lines that tell backends who it is
record ClientProof(Set<RouteTls.ClientAuth> asked, Set<RouteTls.ClientAuth> met, byte[] lines) {
    /// Of a client that was not asked.
    static final ClientProof NONE = new ClientProof(Set.of(), Set.of(), new byte[0]);

    ClientProof {
        asked = Set.copyOf(asked);
        met = Set.copyOf(met);
    }

    /// @param certificate the client's own
    static byte[] lines(X509Certificate certificate) {
        try {
            String encoded = Base64.getEncoder().encodeToString(certificate.getEncoded());
            return Bytes.ascii("X-Client-Certificate-Subject: " + subject(certificate) + "\r\nClient-Cert: :" + encoded + ":\r\n");
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("cannot encode a certificate that was read before", e);
        }
    }

    /// As RFC 2253 writes it; what is no visible ASCII stands as `\` and two hexadecimal digits for each octet of its UTF-8.
    private static String subject(X509Certificate certificate) {
        var subject = new StringBuilder();
        for (byte b : certificate.getSubjectX500Principal().getName(X500Principal.RFC2253).getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b < 0x7F) {
                subject.append((char) b);
            } else {
                subject.append('\\').append("%02X".formatted(b & 0xFF));
            }
        }
        return subject.toString();
    }

    /// @param wanted what a route asks for; null: nothing
    boolean meets(RouteTls.@Nullable ClientAuth wanted) {
        return wanted != null && met.contains(wanted);
    }

    /// @param wanted what a route asks for; null: nothing
    /// @return the answer to a request that must not go further; null for one that may
    @Nullable Answer refusal(RouteTls.@Nullable ClientAuth wanted) {
        if (wanted == null || met.contains(wanted)) {
            return null;
        }
        if (!asked.contains(wanted)) {
            return Answer.misdirected(); // another connection would be asked
        }
        return wanted.required() ? Answer.noClientCertificate() : null;
    }
}
