package reeve.model;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What TLS means for a route.
/// @param redirect   whether requests without TLS for a host that has a certificate are sent to TLS; empty: as the node says
/// @param hsts       how long browsers are told to use nothing but TLS; zero: not at all; empty: as the node says
/// @param clientAuth what clients have to prove; empty: nothing
public record RouteTls(Optional<Boolean> redirect, Optional<Duration> hsts, Optional<ClientAuth> clientAuth) {
    /// As the node says.
    public static final RouteTls NONE = new RouteTls(Optional.empty(), Optional.empty(), Optional.empty());

    public RouteTls {
        if (hsts.isPresent() && hsts.get().isNegative()) {
            throw new IllegalArgumentException("cannot tell browsers to use TLS for " + hsts.get());
        }
    }

    /// That clients prove who they are by a certificate of their own.
    /// @param required    whether a client without one is refused; one whose certificate is not to be trusted always is
    /// @param authorities files with the certificates, as PEM, of who may sign those of clients
    public record ClientAuth(boolean required, List<Path> authorities) {
        public ClientAuth {
            authorities = List.copyOf(authorities);
            if (authorities.isEmpty()) {
                throw new IllegalArgumentException("cannot ask clients for certificates without saying who signs them");
            }
        }
    }
}
