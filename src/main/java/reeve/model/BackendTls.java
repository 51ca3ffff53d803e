package reeve.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;

/// How a backend is spoken to over TLS.
/// @param authorities files with the certificates, as PEM, of who may sign the backend's; none: those that this machine trusts
/// @param serverName  that the backend is asked for, and has to prove; empty: the host that it is reached by
/// @param identity    who we are, where the backend asks; empty: nobody
/// @param unverified  whether anybody at all may be the backend
public record BackendTls(List<Path> authorities, Optional<String> serverName, Optional<CertificateFiles> identity, boolean unverified) {
    /// As a browser would.
    public static final BackendTls DEFAULT = new BackendTls(List.of(), Optional.empty(), Optional.empty(), false);

    public BackendTls {
        authorities = List.copyOf(authorities);
        if (serverName.isPresent() && !allowsName(serverName.get())) {
            throw new IllegalArgumentException("cannot ask for the server '" + serverName.get()
                    + "': allowed is a host name, or an address");
        }
    }

    /// The name that the backend has to prove.
    /// @param host that it is reached by
    public String name(String host) {
        return serverName.orElse(host);
    }

    /// How a connection is made: it asks for the backend's name, and checks it.
    /// @param host that it is reached by
    public SSLParameters aim(SSLParameters parameters, String host) {
        String name = name(host);
        if (!name.matches("[0-9.]+") && name.indexOf(':') < 0) {
            parameters.setServerNames(List.of(new SNIHostName(name)));
        }
        if (!unverified) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        return parameters;
    }

    public BackendTls named(String name) {
        return new BackendTls(authorities, Optional.of(name), identity, unverified);
    }

    public static boolean allowsName(String name) {
        return name.length() <= 253 && name.matches("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*|[0-9a-fA-F:]{2,39}");
    }
}
