package reeve.serve.certificate;

import java.util.List;

/// Which certificate answers. Any thread; never blocks for long.
public interface CertificateChoice {

    /// The certificates for a name, best first; they differ in the kind of their key. Empty: nobody here has that name, and the handshake
    /// is to be refused (`unrecognized_name`, RFC 6066 §3).
    /// @param name in lower case, without a dot at its end
    List<ServerCertificate> named(String name);

    /// Whether there is one for a name. Takes no more than a look.
    /// @param name in lower case, without a dot at its end
    default boolean has(String name) {
        return !named(name).isEmpty();
    }

    /// The certificates for a client that asks for no name: one that was given an IP address. Empty: it is to be refused.
    List<ServerCertificate> unnamed();
}
