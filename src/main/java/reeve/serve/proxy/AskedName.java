package reeve.serve.proxy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.StandardConstants;
import reeve.serve.certificate.CertificateChoice;
import reeve.serve.certificate.ServerCertificate;

/// The name one client asks for as it shakes hands (RFC 6066 §3). Where nobody has that name the engine refuses the
/// handshake with `unrecognized_name`. Written by the thread that shakes hands, read by the loop once that is over.
final class AskedName extends SNIMatcher {
    private final CertificateChoice certificates;
    private volatile String name = "";

    AskedName(CertificateChoice certificates) {
        super(StandardConstants.SNI_HOST_NAME);
        this.certificates = certificates;
    }

    @Override
    public boolean matches(SNIServerName asked) {
        String normal = normal(new String(asked.getEncoded(), StandardCharsets.ISO_8859_1));
        if (certificatesFor(normal, certificates).isEmpty()) {
            return false;
        }
        name = isAddress(normal) ? "" : normal;
        return true;
    }

    /// An address is no name (RFC 6066 §3), though some clients send the one that they connect to.
    /// @param asked in its normal form
    static List<ServerCertificate> certificatesFor(String asked, CertificateChoice certificates) {
        return isAddress(asked) ? certificates.unnamed() : certificates.named(asked);
    }

    /// The last label of a name is never a number.
    private static boolean isAddress(String asked) {
        return asked.indexOf(':') >= 0 || !asked.isEmpty() && Character.isDigit(asked.charAt(asked.length() - 1))
                && asked.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
    }

    /// Empty where the client asked for none.
    String name() {
        return name;
    }

    /// As certificates are looked up.
    static String normal(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
