package reeve.serve.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.StandardConstants;
import reeve.serve.certificate.CertificateChoice;

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
        if (!certificates.has(normal)) {
            return false;
        }
        name = normal;
        return true;
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
